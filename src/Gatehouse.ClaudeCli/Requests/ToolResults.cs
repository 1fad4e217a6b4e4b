using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Requests;

/// <summary>The results in a message that does nothing but answer calls, each as it stood.</summary>
internal sealed class ToolResults
{
    // The program cuts results of tool servers that it finds too long. Such a one goes in as history, which it leaves alone.
    private const int LongestText = 60_000;

    private readonly Dictionary<string, (byte[] Content, bool IsError)> _byId = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => _byId.Count;

    /// <summary>
    /// Reads a message. Null when it holds anything but results of text: an image might be made smaller on its way through a tool server, and what a person says
    /// beside a result has no place in one.
    /// </summary>
    public static ToolResults? Read(JsonView content)
    {
        var results = new ToolResults();
        foreach (var block in content.Items)
        {
            var said = block["content"u8];
            if (!block["type"u8].Is("tool_result"u8) || block["tool_use_id"u8].Text() is not { } id || said.Raw.Length > LongestText || !IsText(said)) return null;
            results._byId[id] = (said.Raw.ToArray(), block["is_error"u8].IsTrue);
        }

        return results.Count == 0 ? null : results;
    }

    /// <summary>Whether there is one for each of these calls, and none for another.</summary>
    public bool Answer(IReadOnlyList<string> calls) => calls.Count == _byId.Count && calls.All(_byId.ContainsKey);

    /// <summary>Takes the result of a call out; false when there is none.</summary>
    public bool TryTake(string id, out byte[] content, out bool isError)
    {
        var found = _byId.Remove(id, out var result);
        (content, isError) = found ? result : ([], false);
        return found;
    }

    private static bool IsText(JsonView content)
    {
        if (content.IsNullOrAbsent || content.IsString) return true;
        foreach (var block in content.Items)
        {
            if (!block["type"u8].Is("text"u8)) return false;
        }

        return content.IsArray;
    }
}
