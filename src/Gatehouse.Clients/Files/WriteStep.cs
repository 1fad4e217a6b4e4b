namespace Gatehouse.Clients.Files;

/// <summary>Where an operation stands. Tests stop it at each of these, to see that what is on disk then is whole.</summary>
internal enum WriteStep
{
    /// <summary>The lock is held, and nothing is done yet.</summary>
    Locked,

    /// <summary>A backup is made.</summary>
    BackedUp,

    /// <summary>The old and new contents of several files are in the journal, but not yet the plan.</summary>
    Staged,

    /// <summary>The plan is in the journal: from here on the operation is finished, if need be by the next run.</summary>
    Planned,

    /// <summary>Missing folders are made.</summary>
    FolderMade,

    /// <summary>Half of the new content is in the temporary file.</summary>
    HalfWritten,

    /// <summary>All of it is, and flushed to disk.</summary>
    Flushed,

    /// <summary>The file is replaced (or deleted).</summary>
    Replaced,

    /// <summary>The plan is gone from the journal.</summary>
    PlanRemoved,
}
