using System.Text;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Agents;

/// <summary>A call that starts an agent, while its input comes in: it is held back until it is whole, because the agent's name in it may have to be the client's own.</summary>
/// <param name="names">The client's agents.</param>
internal sealed class AgentCall(AgentNames names)
{
    private readonly StringBuilder _input = new();

    /// <summary>Takes a piece of the input.</summary>
    public void Add(string piece) => _input.Append(piece);

    /// <summary>The whole input, with the agent's name as the client knows it and every other byte as it was.</summary>
    public byte[] Corrected() => Corrected(Encoding.UTF8.GetBytes(_input.ToString()), names);

    /// <summary>As <see cref="Corrected()"/>, of an input that is whole.</summary>
    public static byte[] Corrected(byte[] input, AgentNames names)
    {
        if (!JsonView.TryParse(input, out var whole) || whole["subagent_type"u8] is not { IsString: true } asked) return input;
        var text = asked.Text()!;
        var matched = names.Match(text);
        if (matched == text) return input;
        whole.Raw.Overlaps(asked.Raw, out var at);
        using var output = new PooledBuffer();
        output.Append(whole.Raw[..at]);
        new JsonWriter(output).String(matched);
        output.Append(whole.Raw[(at + asked.Raw.Length)..]);
        return output.Written.ToArray();
    }
}
