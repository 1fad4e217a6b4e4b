using System.Buffers.Text;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Counting;

/// <summary>
/// Measures what a request of any dialect gives a model to read. It knows the fields that hold no text for the model (ids, types, signatures, sealed
/// state) and counts everything else, so that fields of tomorrow are not forgotten. Pure; allocates nothing.
/// </summary>
public static class InputMeasure
{
    /// <summary>
    /// Measures a request's body. One that is not JSON is measured as far as it can be walked: it is for others to refuse, and no way around a limit.
    /// </summary>
    public static InputSize Of(ReadOnlySpan<byte> body)
    {
        using var loan = IndexLoan.Take();
        return Of(JsonView.TryParse(body, loan.Index, out var request) ? request : JsonView.Trusted(body.TrimStart(" \t\r\n"u8)));
    }

    /// <summary>Measures a request. Zero for one that is no object.</summary>
    internal static InputSize Of(JsonView request)
    {
        var size = default(InputSize);
        foreach (var member in request.Members)
        {
            if (member.Is("system"u8) || member.Is("messages"u8) || member.Is("input"u8) || member.Is("instructions"u8)) Content(member.Value, ref size);
            else if (member.Is("tools"u8) || member.Is("functions"u8)) Tools(member.Value, ref size);
            else if (member.Is("response_format"u8) || member.Is("text"u8) || member.Is("output_config"u8) || member.Is("output_format"u8))
                TextMeasure.Add(member.Value.Raw, ref size);
            else if (member.Is("max_tokens"u8) || member.Is("max_completion_tokens"u8) || member.Is("max_output_tokens"u8))
                size.MaxOutput = Utf8Parser.TryParse(member.Value.Raw, out long most, out var length) && length == member.Value.Raw.Length ? most : null;
        }

        return size;
    }

    private static void Tools(JsonView tools, ref InputSize size)
    {
        foreach (var tool in tools.Items)
        {
            size.Parts++;
            TextMeasure.Add(tool.Raw, ref size);
        }
    }

    private static void Content(JsonView value, ref InputSize size)
    {
        switch (value.Kind)
        {
            case JsonKind.String:
                TextMeasure.Add(value.Escaped, ref size);
                break;
            case JsonKind.Array:
                foreach (var item in value.Items)
                {
                    size.Parts++;
                    Content(item, ref size);
                }

                break;
            case JsonKind.Object:
                Block(value, ref size);
                break;
        }
    }

    private static void Block(JsonView block, ref InputSize size)
    {
        var type = block["type"u8].Escaped;
        if (JsonText.Is(type, "image"u8) || JsonText.Is(type, "image_url"u8) || JsonText.Is(type, "input_image"u8))
        {
            size.ImageTokens += ImageSize.Tokens(block);
            return;
        }

        if (JsonText.Is(type, "document"u8) || JsonText.Is(type, "file"u8) || JsonText.Is(type, "input_file"u8))
        {
            size.DocumentBytes += block.Raw.Length * 3L / 4;
            return;
        }

        foreach (var member in block.Members)
        {
            var name = member.EscapedName;
            if (name.Contains((byte)'\\') ? IsNoText(member) : IsNoText(name)) continue;
            if (member.Is("input"u8) && member.Value.IsObject || member.Is("function"u8) || member.Is("action"u8)) TextMeasure.Add(member.Value.Raw, ref size);
            else Content(member.Value, ref size);
        }
    }

    /// <summary>What is there for the protocol alone, by names without escapes.</summary>
    private static bool IsNoText(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => name.SequenceEqual("id"u8),
        4 => name.SequenceEqual("type"u8) || name.SequenceEqual("role"u8) || name.SequenceEqual("data"u8),
        6 => name.SequenceEqual("status"u8),
        7 => name.SequenceEqual("call_id"u8),
        9 => name.SequenceEqual("signature"u8),
        11 => name.SequenceEqual("tool_use_id"u8),
        12 => name.SequenceEqual("tool_call_id"u8),
        13 => name.SequenceEqual("cache_control"u8),
        17 => name.SequenceEqual("encrypted_content"u8),
        _ => false,
    };

    /// <summary>The same by any names.</summary>
    private static bool IsNoText(JsonMember member) =>
        member.Is("type"u8) || member.Is("id"u8) || member.Is("role"u8) || member.Is("status"u8) || member.Is("signature"u8)
        || member.Is("encrypted_content"u8) || member.Is("data"u8) || member.Is("cache_control"u8) || member.Is("tool_use_id"u8)
        || member.Is("tool_call_id"u8) || member.Is("call_id"u8);
}
