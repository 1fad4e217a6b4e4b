using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Gatehouse.Storage.Sqlite;

/// <summary>Which native SQLite is loaded.</summary>
/// <param name="Library">The file name it was loaded by, or <c>bundled</c>.</param>
/// <param name="Version">SQLite's own version, such as <c>3.40.1</c>.</param>
public sealed record NativeSqliteLibrary(string Library, string Version);

/// <summary>
/// Loads the native SQLite once per process. The system's library is preferred because the distribution patches it; the one bundled with
/// the package is older and stands in where there is none. <c>GATEHOUSE_SQLITE=bundled</c> forces the latter. Thread-safe.
/// </summary>
public static class NativeSqlite
{
    /// <summary>The oldest system library that is taken: the bundled one is 3.35.5, anything older would be a step back.</summary>
    private const int OldestTaken = 3_035_000;

    private static readonly string[] SystemNames = ["libsqlite3.so.0", "libsqlite3.so", "libsqlite3.dylib"];
    private static readonly Lazy<NativeSqliteLibrary> Loaded = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);
    private static string? _library;

    /// <summary>Loads the library if that has not happened and says which one it is.</summary>
    public static NativeSqliteLibrary Use() => Loaded.Value;

    /// <summary>
    /// A connection that is not open yet. The only place that makes one: the provider's first connection binds native functions one by one as they are called, and
    /// those bound before the library was chosen would be another SQLite's, which ends the process.
    /// </summary>
    /// <param name="settings">The connection string.</param>
    public static SqliteConnection Connection(string settings)
    {
        Use();
        return new SqliteConnection(settings);
    }

    private static NativeSqliteLibrary Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        Batteries_V2.Init();
        var version = raw.sqlite3_libversion().utf8_to_string();
        return new NativeSqliteLibrary(_library ?? "bundled", version);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != "e_sqlite3" || Environment.GetEnvironmentVariable("GATEHOUSE_SQLITE") == "bundled") return 0;
        foreach (var candidate in SystemNames)
        {
            if (!NativeLibrary.TryLoad(candidate, out var handle)) continue;
            if (VersionNumber(handle) >= OldestTaken)
            {
                _library = candidate;
                return handle;
            }

            NativeLibrary.Free(handle);
        }

        return 0;
    }

    private static unsafe int VersionNumber(nint library) =>
        NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out var export)
            ? ((delegate* unmanaged[Cdecl]<int>)export)()
            : 0;
}
