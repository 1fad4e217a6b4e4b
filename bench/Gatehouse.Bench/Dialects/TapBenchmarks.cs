using System.Buffers;
using BenchmarkDotNet.Attributes;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Tap;

namespace Gatehouse.Bench.Dialects;

/// <summary>What metering costs per relayed text delta.</summary>
[MemoryDiagnoser]
public class TapBenchmarks
{
    private readonly ResponseTap _tap = new();
    private readonly UsageChunkFilter _filter = new();
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private byte[] _delta = [];

    /// <summary>The upstream's dialect.</summary>
    [Params(Dialect.Anthropic, Dialect.OpenAiChat, Dialect.OpenAiResponses)]
    public Dialect Dialect { get; set; }

    /// <summary>Makes the event and warms the tap.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _delta = BenchBodies.Delta(Dialect);
        _tap.Reset(Dialect, BodyFraming.EventStream);
        _tap.Read(_delta);
    }

    /// <summary>The tap alone.</summary>
    [Benchmark]
    public long Tap()
    {
        _tap.Read(_delta);
        return _tap.Events;
    }

    /// <summary>The filter of the usage chunk, which stands beside the tap on some chat streams.</summary>
    [Benchmark]
    public int UsageFilter()
    {
        _output.ResetWrittenCount();
        _filter.Write(_delta, _output);
        return _output.WrittenCount;
    }
}
