using System.Buffers;

namespace Gatehouse.Dialects.Json;

/// <summary>
/// Growing memory from the shared pool: what translations write into. Cleared and used again for every event, so that a running stream
/// allocates nothing. Not thread-safe; disposing it gives the memory back, after which it is empty and may be used again.
/// </summary>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int Smallest = 1024;
    private byte[] _bytes = [];

    /// <summary>Number of bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written. Valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>What was written, for asynchronous use. Valid until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    /// <summary>Forgets what was written and keeps the memory.</summary>
    public void Clear() => Length = 0;

    /// <summary>Forgets what was written behind a place, such as one taken from <see cref="Length"/> earlier.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length);
        Length = length;
    }

    /// <summary>Takes away the first bytes and moves the rest to the front.</summary>
    public void DropFirst(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Length);
        _bytes.AsSpan(count, Length - count).CopyTo(_bytes);
        Length -= count;
    }

    /// <summary>Puts spaces in place of line ends behind a place: JSON stays the same, for inside its strings there are none.</summary>
    public void FlattenLines(int from)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)from, (uint)Length);
        var rest = _bytes.AsSpan(from, Length - from);
        for (var next = rest.IndexOfAny((byte)'\n', (byte)'\r'); next >= 0; next = rest.IndexOfAny((byte)'\n', (byte)'\r'))
        {
            rest[next] = (byte)' ';
            rest = rest[(next + 1)..];
        }
    }

    /// <summary>Puts bytes in at a place and moves what lies behind.</summary>
    public void Insert(int at, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)at, (uint)Length);
        _ = GetSpan(bytes.Length);
        _bytes.AsSpan(at, Length - at).CopyTo(_bytes.AsSpan(at + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(at));
        Length += bytes.Length;
    }

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Appends one byte.</summary>
    public void Append(byte value)
    {
        if (Length == _bytes.Length) Grow(1);
        _bytes[Length++] = value;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - Length));
        Length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_bytes.Length - Length < Math.Max(sizeHint, 1)) Grow(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_bytes.Length - Length < Math.Max(sizeHint, 1)) Grow(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Smallest, Math.Max(checked(Length + more), (int)Math.Min(_bytes.Length * 2L, Array.MaxLength))));
        Written.CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
