#pragma warning disable CA1416 // These tests run where files have modes; elsewhere they fail and say so.
namespace Gatehouse.Tests.Running;

/// <summary>The modes of files.</summary>
internal static class Modes
{
    public static UnixFileMode Of(string path) => File.GetUnixFileMode(path);

    public static void Set(string path, UnixFileMode mode) => File.SetUnixFileMode(path, mode);
}
