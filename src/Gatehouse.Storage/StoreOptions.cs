using Gatehouse.Storage.Migrations;

namespace Gatehouse.Storage;

/// <summary>Where a store is and how it behaves.</summary>
public sealed record StoreOptions
{
    /// <summary>The data directory; created with mode 0700 when it does not exist.</summary>
    public required string Directory { get; init; }

    /// <summary>Every noun's schema steps; the order of the list does not matter.</summary>
    public required IReadOnlyList<Migration> Migrations { get; init; }

    /// <summary>
    /// Whether a full disk keeps nobody from reading a database that is there: for a command that is soon done, not for a server. A change then fails with
    /// <see cref="StoreFailure.Full"/>, unless it fits in.
    /// </summary>
    public bool ReadsOnFullDisk { get; init; }

    /// <summary>Makes the directory and sees that it can be written; for tests.</summary>
    internal Action<string> Prepare { get; init; } = DataDirectory.Create;

    /// <summary>How many reader threads, each with a connection of its own.</summary>
    public int Readers { get; init; } = 2;

    /// <summary>
    /// How many reads, and apart from them how many writes, may wait; the next one fails with <see cref="StoreFailure.Busy"/>.
    /// </summary>
    public int QueueLimit { get; init; } = 4096;

    /// <summary>How long SQLite waits for a lock that another program holds.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often changes by other programs are looked for.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The database's path.</summary>
    public string DatabaseFile => Path.Combine(Directory, "gatehouse.db");
}
