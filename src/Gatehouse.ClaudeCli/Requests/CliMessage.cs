using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Requests;

/// <summary>One message of a request.</summary>
/// <param name="IsAssistant">Whether the model wrote it; else the user did.</param>
/// <param name="Content">Its content as it stood: a string or an array of blocks.</param>
/// <param name="Key">What it is recognised by in a later request.</param>
internal sealed record CliMessage(bool IsAssistant, ReadOnlyMemory<byte> Content, MessageKey Key)
{
    /// <summary>A message with this content.</summary>
    public static CliMessage Of(bool isAssistant, ReadOnlyMemory<byte> content)
    {
        var view = JsonView.Trusted(content.Span);
        return new CliMessage(isAssistant, content, isAssistant ? MessageKey.OfAssistant(view) : MessageKey.OfUser(view));
    }

    /// <summary>This message and the next of the same role as one: the blocks of both, each as it stood.</summary>
    public CliMessage With(CliMessage next)
    {
        using var both = new PooledBuffer();
        var json = new JsonWriter(both);
        json.BeginArray();
        Blocks(json, JsonView.Trusted(Content.Span));
        Blocks(json, JsonView.Trusted(next.Content.Span));
        json.EndArray();
        return Of(IsAssistant, both.Written.ToArray());
    }

    private static void Blocks(JsonWriter json, JsonView content)
    {
        foreach (var block in content.Items) json.Raw(block);
        if (!content.IsString) return;
        json.BeginObject();
        json.String("type"u8, "text"u8);
        json.EscapedString("text"u8, content.Escaped);
        json.EndObject();
    }
}
