namespace Gatehouse.Doctor;

/// <summary>Who may use a file or folder, where the system keeps that as a mode; elsewhere nobody but the owner is ever told of.</summary>
internal static class FileRights
{
    /// <summary>The rights of group and others.</summary>
    public const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    /// <summary>The mode; none where the system has none.</summary>
    public static UnixFileMode Of(string path) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);

    /// <summary>Whether others than the owner have any right.</summary>
    public static bool AreOpen(string path) => (Of(path) & Others) != 0;

    /// <summary>A mode as <c>chmod</c> takes it: four octal digits.</summary>
    public static string Octal(UnixFileMode mode) => "0" + Convert.ToString((int)mode & 0b111_111_111, 8).PadLeft(3, '0');
}
