using System.Text.Json;
using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Sdks;

namespace Gatehouse.EndToEnd.Counting;

/// <summary>What the vendors' published tokenizers count of request bodies.</summary>
internal static class Tokenizers
{
    /// <summary>OpenAI's, and Anthropic's older one.</summary>
    public static readonly string[] Names = ["o200k", "claude"];

    /// <summary>Counts named bodies: the tokens of each by tokenizer.</summary>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>>> CountAsync(IEnumerable<(string Name, byte[] Body)> bodies)
    {
        using var folder = new TestFolder();
        foreach (var (name, body) in bodies) await File.WriteAllBytesAsync(folder.At(name + ".json"), body);
        var counted = await NodeScript.RunAsync("tokens.mjs", new Uri("http://127.0.0.1/"), "", folder.Path, "", "");
        return counted.EnumerateObject().ToDictionary(
            static body => body.Name,
            static body => (IReadOnlyDictionary<string, long>)body.Value.EnumerateObject().ToDictionary(static count => count.Name, static count => count.Value.GetInt64()));
    }
}
