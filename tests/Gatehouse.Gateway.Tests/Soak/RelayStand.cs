using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Gatehouse.Gateway.Upstream;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>
/// An upstream's body whose every piece a test hands over: there at once, or (asynchronously) by a call of <see cref="Deliver"/>, which
/// runs
/// the reader's continuation on the caller's own thread. It allocates nothing itself, so what is counted is the reader's.
/// </summary>
internal sealed class HandedStream : Stream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _core;
    private Memory<byte> _into;
    private byte[] _piece = [];
    private int _atOnce;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get; set; }

    /// <summary>Reads wanted so far.</summary>
    public int Reads { get; private set; }

    /// <summary>Lets the next reads be answered at once, so many of them.</summary>
    public void AtOnce(byte[] piece, int times) => (_piece, _atOnce) = (piece, times);

    /// <summary>Answers the pending read.</summary>
    public void Deliver(byte[] piece)
    {
        piece.CopyTo(_into);
        _core.SetResult(piece.Length);
    }

    /// <summary>Ends the body: the pending read and those that follow get nothing.</summary>
    public void End()
    {
        _ended = true;
        _core.SetResult(0);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Reads++;
        if (_ended) return new ValueTask<int>(0);
        if (_atOnce > 0)
        {
            _atOnce--;
            _piece.CopyTo(buffer);
            return new ValueTask<int>(_piece.Length);
        }

        _into = buffer;
        _core.Reset();
        return new ValueTask<int>(this, _core.Version);
    }

    public int GetResult(short token) => _core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    public override void Flush()
    {
        // Nothing is ever written.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>A client's side that takes everything at once and counts it.</summary>
internal sealed class CountingWriter : PipeWriter
{
    private readonly byte[] _buffer = new byte[128 * 1024];

    public long Bytes { get; private set; }

    public int Flushes { get; private set; }

    public override void Advance(int bytes) => Bytes += bytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

    public override Span<byte> GetSpan(int sizeHint = 0) => _buffer;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Flushes++;
        return new ValueTask<FlushResult>(new FlushResult(false, false));
    }

    public override void CancelPendingFlush()
    {
        // None is ever pending.
    }

    public override void Complete(Exception? exception = null)
    {
        // The writer has no other end.
    }
}

/// <summary>A response whose writer is the test's.</summary>
internal sealed class CountedResponse(CountingWriter writer) : IHttpResponseBodyFeature
{
    public Stream Stream => Stream.Null;

    public PipeWriter Writer => writer;

    public Task CompleteAsync() => Task.CompletedTask;

    public void DisableBuffering()
    {
        // There is no buffer.
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
}

/// <summary>A response whose head has gone out.</summary>
internal sealed class StartedResponse : HttpResponseFeature
{
    public override bool HasStarted => true;
}

/// <summary>An answer with nothing but a body.</summary>
internal sealed class HandedAnswer(Stream body) : UpstreamAnswer
{
    public override int Status => 200;

    public override string? MediaType => "text/event-stream";

    public override string? ContentEncoding => null;

    public override long? ContentLength => null;

    public override string? RequestId => null;

    public override Stream Body => body;

    public override void CopyHeadersTo(IHeaderDictionary headers)
    {
        // It has none.
    }

    public override ValueTask DisposeAsync() => default;
}
