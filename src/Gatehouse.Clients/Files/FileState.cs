using System.Security.Cryptography;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Files;

/// <summary>
/// A file as it was found: its bytes, or that it is missing. A change is planned on it and refused when the file is not like this any more.
/// Immutable.
/// </summary>
internal sealed record FileState
{
    /// <summary>The absolute path as it was named.</summary>
    public required string Path { get; init; }

    /// <summary>The file itself, when the path leads through symbolic links; else the same as <see cref="Path"/>.</summary>
    public required string Target { get; init; }

    /// <summary>The content; null when the file is missing.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>SHA-256 of the content in hexadecimal; null when the file is missing.</summary>
    public string? Hash { get; init; }

    /// <summary>The permission bits; null when the file is missing, and on Windows.</summary>
    public UnixFileMode? Mode { get; init; }

    /// <summary>Whether the file is there.</summary>
    public bool Exists => Bytes is not null;

    /// <summary>Whether the path is, or leads through, a symbolic link to the file.</summary>
    public bool IsLinked => Path != Target;

    /// <summary>SHA-256 in hexadecimal.</summary>
    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Reads a file; a missing one is a state too. Null with a refusal when it can't be read or is no plain file.</summary>
    public static FileState? Read(string path, out FileRefusal? refusal)
    {
        path = System.IO.Path.GetFullPath(path);
        refusal = null;
        try
        {
            var target = FileLinks.Target(path);
            if (Directory.Exists(target)) refusal = new FileRefusal(FileTrouble.NotAFile, path, "a folder stands where the file should be");
            else if (!File.Exists(target)) return new FileState { Path = path, Target = target };
            // Reading a pipe would wait for its writer.
            else if (PosixFiles.OwnershipOf(target) is { IsPlain: false }) refusal = new FileRefusal(FileTrouble.NotAFile, path, "not a plain file");
            else if (new FileInfo(target).Length > SourceText.SizeLimit) refusal = new FileRefusal(FileTrouble.TooLarge, path, $"more than {SourceText.SizeLimit / 1024 / 1024} MiB; not a configuration file");
            if (refusal is not null) return null;
            var bytes = File.ReadAllBytes(target);
            return new FileState { Path = path, Target = target, Bytes = bytes, Hash = HashOf(bytes), Mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(target) };
        }
        catch (UnauthorizedAccessException)
        {
            refusal = new FileRefusal(FileTrouble.Unreadable, path, "it may not be read; look at its permissions and those of its folder");
        }
        catch (IOException fault)
        {
            refusal = new FileRefusal(fault is FileLoopException ? FileTrouble.BadLink : FileTrouble.System, path, fault.Message);
        }
        return null;
    }
}
