using Microsoft.Data.Sqlite;

namespace Gatehouse.Storage;

/// <summary>Why the store or its directory could not do what was asked.</summary>
public enum StoreFailure
{
    /// <summary>Something else; see the inner exception.</summary>
    Other,

    /// <summary>Another connection holds the database, or too much work is queued. Trying again helps.</summary>
    Busy,

    /// <summary>The disk is full.</summary>
    Full,

    /// <summary>The directory or database cannot be written or opened.</summary>
    NotWritable,

    /// <summary>The file is damaged or is no database.</summary>
    Damaged,

    /// <summary>A newer Gatehouse made the database.</summary>
    Newer,

    /// <summary>The store has been disposed of.</summary>
    Closed,
}

/// <summary>The store failed for a reason outside the caller's SQL. The message can be shown to the operator as it is.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Creates it.</summary>
    public StoreException(StoreFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    /// <summary>What kind of failure it is.</summary>
    public StoreFailure Failure { get; }

    /// <summary>
    /// Names failures of the database file. Errors in the caller's SQL (syntax, constraints) return null: they are the caller's to
    /// understand.
    /// </summary>
    internal static StoreException? From(SqliteException e, string file) => e.SqliteErrorCode switch
    {
        5 or 6 => new StoreException(StoreFailure.Busy, $"{file} is locked by another program.", e),
        // The index of the log beside the database is a file of its own, and grows when it is opened.
        13 or 10 when e.SqliteErrorCode == 13 || e.SqliteExtendedErrorCode == SQLitePCL.raw.SQLITE_IOERR_SHMSIZE => new StoreException(StoreFailure.Full, $"The disk that holds {file} is full.", e),
        8 or 14 or 23 => new StoreException(StoreFailure.NotWritable, $"{file} cannot be written: {e.Message}", e),
        10 => new StoreException(StoreFailure.Other, $"Reading or writing {file} failed: {e.Message}", e),
        11 or 26 => new StoreException(StoreFailure.Damaged, $"{file} is damaged or not a Gatehouse database: {e.Message}", e),
        _ => null,
    };
}
