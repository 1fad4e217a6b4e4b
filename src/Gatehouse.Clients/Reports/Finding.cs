using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Setups;
using Gatehouse.Secrets;

namespace Gatehouse.Clients.Reports;

/// <summary>Takes settings out of what a file says. A value of another kind than expected is no setting.</summary>
internal static class Finding
{
    // A token file is a line; what is longer is something else.
    private const int LongestToken = 4096;

    /// <summary>The text at a path; null when it is missing, empty or no text.</summary>
    public static string? Text(this ConfigObject root, KeyPath path) => root.Find(path) is ConfigString { Text.Length: > 0 } text ? text.Text : null;

    /// <summary>A setting with its key; null when it is missing.</summary>
    public static SettingValue? Setting(this ConfigObject root, KeyPath path) => root.Text(path) is { } text ? new SettingValue(path.ToString(), text) : null;

    /// <summary>The settings of several keys, those that are there.</summary>
    public static IEnumerable<SettingValue> Settings(this ConfigObject root, IEnumerable<KeyPath> paths) =>
        paths.Select(root.Setting).OfType<SettingValue>();

    /// <summary>A credential whose text stands in the setting.</summary>
    public static FoundCredential? Inline(this ConfigObject root, KeyPath path, CredentialKind kind) =>
        root.Text(path) is { } text ? new FoundCredential(kind, path.ToString(), "", Secret.From(text)) : null;

    /// <summary>A credential that a variable holds, whose name stands in the setting.</summary>
    public static FoundCredential? InVariable(string path, string variable, Surroundings at) =>
        new(CredentialKind.Variable, path, variable, at.Set(variable) is { } text ? Secret.From(text) : null);

    /// <summary>A credential that a file holds.</summary>
    public static FoundCredential InFile(string path, string file, CredentialKind kind = CredentialKind.File) => new(kind, path, file, ReadToken(file));

    /// <summary>The token in a file; null when it can't be read or is none.</summary>
    public static Secret? ReadToken(string file)
    {
        try
        {
            if (new FileInfo(file) is not { Exists: true, Length: > 0 and <= LongestToken }) return null;
            return File.ReadAllText(file).Trim() is { Length: > 0 } text ? Secret.From(text) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
