using System.Text;

namespace Gatehouse.ClaudeCli.Workbench;

/// <summary>The tools that read and write one file. Each call is on its own; thread-safe.</summary>
internal sealed class FileTools(WorkFolder folder)
{
    // What is read whole into memory to be edited.
    private const int LargestEdited = 10 * 1024 * 1024;

    /// <summary>A file's text, cut where it gets too long for an answer.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">How to show its bytes: a text encoding, <c>base64</c> or <c>hex</c>; null for UTF-8.</param>
    public ToolOutcome Read(string path, string? encoding)
    {
        if (!folder.TryOpen(path, out var file, out var refusal)) return ToolOutcome.Failed(refusal);
        using (file)
        {
            var bytes = new byte[(int)Math.Min(file.Length, ToolOutcome.MostText)];
            var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (Shown(bytes.AsSpan(0, read), encoding ?? "utf8") is not { } text) return ToolOutcome.Failed($"'{encoding}' is no encoding: utf8, utf16le, latin1, ascii, base64 and hex are");
            if (text.Length > ToolOutcome.MostText) text = text[..ToolOutcome.MostText];
            return new ToolOutcome(file.Length > read || text.Length == ToolOutcome.MostText ? $"{text}\n[The file has {file.Length} bytes; this is its beginning]" : text);
        }
    }

    /// <summary>Writes a file's whole text, making it and its folders if need be.</summary>
    public ToolOutcome Write(string path, string content)
    {
        if (!folder.TryOpenToWrite(path, out var file, out var refusal)) return ToolOutcome.Failed(refusal);
        using (file) Replace(file, Encoding.UTF8.GetBytes(content));
        return new ToolOutcome($"Successfully wrote to {path}");
    }

    /// <summary>Replaces the first place where a file holds a text. Every other byte stays.</summary>
    public ToolOutcome Edit(string path, string oldText, string newText)
    {
        if (oldText.Length == 0) return ToolOutcome.Failed("oldString is empty: there is no place to edit. Use write for a new file");
        // Opening to write would make a file that is not there.
        if (!folder.TryOpen(path, out var there, out var refusal)) return ToolOutcome.Failed(refusal);
        there.Dispose();
        if (!folder.TryOpenToWrite(path, out var file, out refusal)) return ToolOutcome.Failed(refusal);
        using (file)
        {
            if (file.Length > LargestEdited) return ToolOutcome.Failed($"{path} has {file.Length} bytes, too many to edit");
            var bytes = new byte[(int)file.Length];
            file.ReadExactly(bytes);
            var old = Encoding.UTF8.GetBytes(oldText);
            var at = bytes.AsSpan().IndexOf(old);
            if (at < 0) return ToolOutcome.Failed($"oldString was not found in {path}");
            Replace(file, [.. bytes.AsSpan(0, at), .. Encoding.UTF8.GetBytes(newText), .. bytes.AsSpan(at + old.Length)]);
        }

        return new ToolOutcome($"Successfully edited {path}");
    }

    private static void Replace(FileStream file, byte[] content)
    {
        file.Position = 0;
        file.Write(content);
        file.SetLength(content.Length);
    }

    private static string? Shown(ReadOnlySpan<byte> bytes, string encoding) => encoding.ToUpperInvariant() switch
    {
        "UTF8" or "UTF-8" => Encoding.UTF8.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes),
        "UTF16LE" or "UTF-16LE" or "UCS2" or "UCS-2" => Encoding.Unicode.GetString(bytes),
        "LATIN1" or "BINARY" => Encoding.Latin1.GetString(bytes),
        "ASCII" => Encoding.ASCII.GetString(bytes),
        "BASE64" => Convert.ToBase64String(bytes),
        "HEX" => Convert.ToHexStringLower(bytes),
        _ => null,
    };
}
