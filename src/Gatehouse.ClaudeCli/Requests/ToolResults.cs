using System.Buffers.Text;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Requests;

/// <summary>The results in a message that does nothing but answer calls, each as it stood.</summary>
internal sealed class ToolResults
{
    // The program cuts results of tool servers that it finds too long. Such a one goes in as history, which it leaves alone.
    private const int LongestText = 60_000;

    // It makes images smaller that are larger than this on one side, or, measured, somewhere above 640,000 characters of base64.
    private const int LargestSide = 2000;
    private const int LongestImage = 500_000;

    private readonly Dictionary<string, (byte[] Content, bool IsError)> _byId = new(StringComparer.Ordinal);

    /// <summary>
    /// Reads a message. Null when it holds anything that the program would change on its way through a tool server (long texts, large images, images in results of
    /// tools that failed, which it drops), or what has no place in a result, such as what a person says beside it.
    /// </summary>
    public static ToolResults? Read(JsonView content)
    {
        var results = new ToolResults();
        foreach (var block in content.Items)
        {
            var said = block["content"u8];
            var isError = block["is_error"u8].IsTrue;
            if (!block["type"u8].Is("tool_result"u8) || block["tool_use_id"u8].Text() is not { } id || !StaysAsItIs(said, isError)) return null;
            results._byId[id] = (said.Raw.ToArray(), isError);
        }

        return results._byId.Count == 0 ? null : results;
    }

    /// <summary>Takes the result of a call out; false when there is none.</summary>
    public bool TryTake(string id, out byte[] content, out bool isError)
    {
        var found = _byId.Remove(id, out var result);
        (content, isError) = found ? result : ([], false);
        return found;
    }

    private static bool StaysAsItIs(JsonView content, bool isError)
    {
        if (content.IsNullOrAbsent) return true;
        if (content.IsString) return content.Raw.Length <= LongestText;
        var text = 0;
        foreach (var block in content.Items)
        {
            if (block["type"u8].Is("text"u8)) text += block.Raw.Length;
            else if (isError || !block["type"u8].Is("image"u8) || !IsSmall(block["source"u8])) return false;
        }

        return content.IsArray && text <= LongestText;
    }

    private static bool IsSmall(JsonView source)
    {
        var data = source["data"u8].Escaped;
        if (!source["type"u8].Is("base64"u8) || data.IsEmpty || data.Length > LongestImage) return false;
        var file = new byte[Base64.GetMaxDecodedFromUtf8Length(data.Length)];
        return Base64.DecodeFromUtf8(data, file, out _, out var length) == System.Buffers.OperationStatus.Done
            && ImageSize.TryRead(file.AsSpan(0, length), out var width, out var height) && width <= LargestSide && height <= LargestSide;
    }
}
