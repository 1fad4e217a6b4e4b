using System.Text;
using Gatehouse.Storage.Journals;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Storage.Tests.Journals;

/// <summary>A folder of the test's own, with what opens journals in it.</summary>
internal sealed class JournalFolder : IDisposable
{
    public static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(10);
    private readonly TempDirectory _temp = new();

    public string Segments => _temp.File("journal");

    public string[] Files(string pattern = "*.gj") => Directory.Exists(Segments) ? Directory.GetFiles(Segments, pattern) : [];

    public Journal Open(Func<JournalOptions, JournalOptions>? change = null)
    {
        var options = new JournalOptions
        {
            Directory = _temp.Path,
            SegmentBytes = 64 * 1024,
            FlushInterval = TimeSpan.FromMilliseconds(5),
            RetryInterval = TimeSpan.FromMilliseconds(5),
        };
        return Journal.Open(change?.Invoke(options) ?? options, NullLogger<Journal>.Instance);
    }

    public Journal Recover() => Open(o => o with { RecoverOnly = true });

    public static void Append(Journal journal, string text) => journal.Append(Encoding.UTF8.GetBytes(text), out _).ShouldBeTrue();

    public static List<string> ReadAll(Journal journal, out JournalPosition cursor)
    {
        cursor = journal.Start;
        var read = new List<string>();
        while (journal.TryRead(ref cursor, out var record)) read.Add(Encoding.UTF8.GetString(record));
        return read;
    }

    public static List<string> ReadAll(Journal journal) => ReadAll(journal, out _);

    /// <summary>Waits for something that the journal's own thread does.</summary>
    public static void Until(Func<bool> condition) => SpinWait.SpinUntil(condition, Ceiling).ShouldBeTrue();

    /// <summary>Writes records and leaves their file behind, as a process does that dies.</summary>
    public async Task<string> LeaveAsync(params string[] records)
    {
        var journal = Open();
        foreach (var record in records) Append(journal, record);
        await journal.DisposeAsync();
        return Files().Single();
    }

    public void Dispose() => _temp.Dispose();
}
