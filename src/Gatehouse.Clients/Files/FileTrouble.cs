namespace Gatehouse.Clients.Files;

/// <summary>Why a file was not read or not written.</summary>
internal enum FileTrouble
{
    /// <summary>A folder, a device, or something else that is no plain file stands there.</summary>
    NotAFile,

    /// <summary>It may not be read.</summary>
    Unreadable,

    /// <summary>It is larger than any configuration file.</summary>
    TooLarge,

    /// <summary>The symbolic link leads nowhere: in a circle, or through something that is no folder.</summary>
    BadLink,

    /// <summary>The file's mode says that nobody is to write it.</summary>
    ReadOnly,

    /// <summary>The folder can't be written, so nothing in it can be replaced.</summary>
    FolderReadOnly,

    /// <summary>Replacing the file would give it another owner or group.</summary>
    OwnerNotKept,

    /// <summary>The file has other names (hard links), which would keep the old content.</summary>
    HardLinked,

    /// <summary>Somebody else wrote, made or deleted the file since it was read.</summary>
    ChangedMeanwhile,

    /// <summary>Another Gatehouse is writing.</summary>
    Locked,

    /// <summary>The system refused: no space, no such device, and the like.</summary>
    System,
}

/// <summary>A file that was not read or not written, and why.</summary>
/// <param name="Trouble">The kind.</param>
/// <param name="Path">The file as it was named.</param>
/// <param name="Message">What is wrong and what helps, for a person.</param>
internal sealed record FileRefusal(FileTrouble Trouble, string Path, string Message)
{
    /// <summary>The refusal as a person reads it.</summary>
    public override string ToString() => $"{Path}: {Message}";
}
