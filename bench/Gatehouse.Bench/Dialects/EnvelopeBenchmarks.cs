using BenchmarkDotNet.Attributes;
using Gatehouse.Dialects.Edits;
using Gatehouse.Dialects.Envelope;

namespace Gatehouse.Bench.Dialects;

/// <summary>What routing costs per request: the scan of the body, and the splice of another model's name.</summary>
[MemoryDiagnoser]
public class EnvelopeBenchmarks
{
    private readonly BodyEdits _edits = new();
    private byte[] _body = [];
    private RequestEnvelope _envelope;

    /// <summary>Size of the body in bytes.</summary>
    [Params(1_024, 150 * 1_024, 1_024 * 1_024)]
    public int Size { get; set; }

    /// <summary>Whether the body holds code, full of escapes, or prose.</summary>
    [Params(false, true)]
    public bool Code { get; set; }

    /// <summary>Makes the body.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _body = BenchBodies.Request(Size, Code);
        _envelope = EnvelopeScanner.Scan(_body);
    }

    /// <summary>The scan.</summary>
    [Benchmark]
    public EnvelopeFault Scan() => EnvelopeScanner.Scan(_body).Fault;

    /// <summary>The splice, up to the segments that are sent.</summary>
    [Benchmark]
    public int SpliceModel()
    {
        _edits.Reset(_body);
        _edits.ReplaceModel(_envelope, "qwen3-coder"u8);
        var length = 0;
        foreach (var segment in _edits)
            length += segment.Length;
        return length;
    }
}
