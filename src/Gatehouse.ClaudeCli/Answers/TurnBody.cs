using System.Threading.Channels;

namespace Gatehouse.ClaudeCli.Answers;

/// <summary>The events of one turn as a body. Its writer is the program's pump, its one reader the relay; a slow client holds the program up.</summary>
internal sealed class TurnBody : Stream
{
    private readonly Channel<byte[]> _pieces = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(64) { SingleReader = true, SingleWriter = true });
    private ReadOnlyMemory<byte> _rest;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Adds bytes, waiting while the client is behind. False when nobody reads any more.</summary>
    public async ValueTask<bool> AddAsync(byte[] piece)
    {
        try
        {
            await _pieces.Writer.WriteAsync(piece);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    /// <summary>Adds bytes if there is room at once.</summary>
    public bool TryAdd(byte[] piece) => _pieces.Writer.TryWrite(piece);

    /// <summary>Ends the body: cleanly, or broken off when there is a reason.</summary>
    public void Complete(string? broke = null) => _pieces.Writer.TryComplete(broke is null ? null : new IOException(broke));

    /// <summary>Takes nothing more: nobody reads.</summary>
    public void Abandon()
    {
        Complete();
        while (_pieces.Reader.TryRead(out _))
        {
            // Makes room for a writer that waits, who then learns that it is closed.
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Throws what broke the body off.
        if (_rest.IsEmpty && await _pieces.Reader.WaitToReadAsync(cancellationToken) && _pieces.Reader.TryRead(out var piece)) _rest = piece;
        var length = Math.Min(_rest.Length, buffer.Length);
        _rest[..length].CopyTo(buffer);
        _rest = _rest[length..];
        return length;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }
}
