using BenchmarkDotNet.Attributes;
using Gatehouse.Storage.Journals;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Bench.Ledger;

/// <summary>One append of a record of the usual size, in a mapped and in a written-through segment.</summary>
[MemoryDiagnoser]
public class JournalBench
{
    private readonly byte[] _record = new byte[350];
    private string _folder = "";
    private Journal? _journal;
    private JournalPosition _cursor;

    /// <summary>Whether the segment is mapped.</summary>
    [Params(true, false)]
    public bool Mapped { get; set; }

    /// <summary>Opens a journal in a temporary folder.</summary>
    [GlobalSetup]
    public void Open()
    {
        new Random(1).NextBytes(_record);
        _folder = Directory.CreateTempSubdirectory("gatehouse-bench-").FullName;
        _journal = Journal.Open(new JournalOptions { Directory = _folder, Mapped = Mapped }, NullLogger<Journal>.Instance);
        _cursor = _journal.Start;
    }

    /// <summary>Closes it and removes the folder; not awaited by the in-process runner, so it is synchronous.</summary>
    [GlobalCleanup]
    public void Close()
    {
        _journal!.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Append and read, so that segments are given back as they fill.</summary>
    [Benchmark]
    public bool AppendAndRead()
    {
        var appended = _journal!.Append(_record, out _);
        while (_journal.TryRead(ref _cursor, out _))
        {
        }

        if (_cursor.Offset < 1000) _journal.MarkStored(_cursor);
        return appended;
    }
}
