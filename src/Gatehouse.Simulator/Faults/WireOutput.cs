using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Simulator.Faults;

/// <summary>
/// The way of an answer's bytes to the socket: compressed, split, and broken off as the plan says. Used by one request.
/// The compressor is not disposed when an answer breaks: that would write its end mark.
/// </summary>
internal sealed class WireOutput
{
    // So that a caller has mostly read what was sent when it meets the reset, as over a real network.
    private static readonly TimeSpan s_beforeReset = TimeSpan.FromMilliseconds(50);

    private readonly HttpContext _context;
    private readonly TimeProvider _time;
    private readonly Stream _target;
    private readonly bool _compressed;

    public WireOutput(HttpContext context, FaultPlan plan, TimeProvider time)
    {
        (_context, _time) = (context, time);
        _target = plan.Split > 0 ? new SplitStream(context.Response.Body, plan.Split) : context.Response.Body;
        if (plan.Encoding is not { } encoding || !(plan.EncodingForced || Accepts(context.Request, encoding))) return;
        _compressed = true;
        context.Response.Headers.ContentEncoding = encoding;
        context.Response.Headers.Vary = "Accept-Encoding";
        _target = encoding switch
        {
            "gzip" => new GZipStream(_target, CompressionLevel.Fastest),
            "br" => new BrotliStream(_target, CompressionLevel.Fastest),
            _ => new ZLibStream(_target, CompressionLevel.Fastest),
        };
    }

    /// <summary>Whether the length of the body is known before it is written.</summary>
    public bool KeepsLength => !_compressed;

    private CancellationToken Gone => _context.RequestAborted;

    /// <summary>Sends bytes now, through the compressor too.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _target.WriteAsync(bytes, Gone);
        await _target.FlushAsync(Gone);
        // A write to a caller that is gone does not fail; without this a long stream would go on for nobody.
        Gone.ThrowIfCancellationRequested();
    }

    /// <summary>Ends the answer properly.</summary>
    public async Task CompleteAsync()
    {
        if (_compressed) await _target.DisposeAsync();
    }

    /// <summary>
    /// Ends it by a fault. Eof returns, stall waits for the caller to go, the others never return normally to a healthy connection.
    /// </summary>
    public async Task BreakAsync(BodyFault fault)
    {
        switch (fault)
        {
            case BodyFault.Reset:
                await Task.Delay(s_beforeReset, _time, Gone);
                OwnReset.Send(_context);
                break;
            case BodyFault.Stall:
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, Gone);
                break;
            case BodyFault.Truncate:
                throw new BrokenAnswerException();
            default:
                break;
        }
    }

    private static bool Accepts(HttpRequest request, string encoding) =>
        request.Headers.AcceptEncoding.ToString().Split(',').Select(v => v.Split(';')[0].Trim())
            .Any(v => v == "*" || v.Equals(encoding, StringComparison.OrdinalIgnoreCase));
}
