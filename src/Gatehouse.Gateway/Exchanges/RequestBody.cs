using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gatehouse.Gateway.Admission;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>Why a request's body could not be taken.</summary>
internal enum BodyFault : byte
{
    /// <summary>It was read whole.</summary>
    None,

    /// <summary>It is larger than one body may be.</summary>
    TooLarge,

    /// <summary>All bodies together would be larger than they may be.</summary>
    NoRoom,

    /// <summary>The client broke off, or its framing is broken.</summary>
    Incomplete,
}

/// <summary>
/// A request's body, read once into one pooled buffer and never changed, so that an attempt can be repeated. Owned by the exchange;
/// disposing gives the buffer and its share of the budget back.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstRent = 16 * 1024;

    private readonly BodyBudget _budget;
    private byte[] _buffer = [];
    private long _taken;
    private int _length;

    private RequestBody(BodyBudget budget) => _budget = budget;

    /// <summary>The bytes as the client sent them.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads the whole body. On a fault nothing is held.</summary>
    public static async ValueTask<(RequestBody? Body, BodyFault Fault)> ReadAsync(
        HttpRequest request, long maxBytes, BodyBudget budget, long totalLimit, CancellationToken cancellation)
    {
        if (request.ContentLength > maxBytes) return (null, BodyFault.TooLarge);
        var body = new RequestBody(budget);
        var fault = BodyFault.Incomplete;
        try
        {
            fault = await body.FillAsync(request, maxBytes, totalLimit, cancellation);
            return fault == BodyFault.None ? (body, fault) : (null, fault);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or BadHttpRequestException)
        {
            return (null, BodyFault.Incomplete);
        }
        finally
        {
            if (fault != BodyFault.None) body.Dispose();
        }
    }

    /// <summary>Takes a further share of the budget, for what is made of the body; it goes back with the body's own. False when there is none left.</summary>
    public bool TryTake(long bytes, long totalLimit)
    {
        if (!_budget.TryTake(bytes, totalLimit)) return false;
        _taken += bytes;
        return true;
    }

    /// <summary>Gives the memory back and keeps the share of the budget, for what was made of the body and takes as much. No bytes are left.</summary>
    public void Replaced()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Replaced();
        _budget.Return(_taken);
        _taken = 0;
    }

    private async ValueTask<BodyFault> FillAsync(HttpRequest request, long maxBytes, long totalLimit, CancellationToken cancellation)
    {
        if (request.ContentLength == 0) return BodyFault.None;
        var declared = request.ContentLength;
        if (!Grow((int)(declared ?? FirstRent), totalLimit)) return BodyFault.NoRoom;
        var landing = declared is null ? null : request.HttpContext.Features.Get<IBodyLanding>();
        try
        {
            return await FillAsync(request.BodyReader, landing, declared, maxBytes, totalLimit, cancellation);
        }
        finally
        {
            landing?.Land(default);
        }
    }

    private async ValueTask<BodyFault> FillAsync(
        PipeReader reader, IBodyLanding? landing, long? declared, long maxBytes, long totalLimit, CancellationToken cancellation)
    {
        while (true)
        {
            if (!reader.TryRead(out var result)) result = await reader.ReadAsync(cancellation);
            if (result.IsCanceled) return BodyFault.Incomplete;
            var landed = HasLanded(result.Buffer);
            var fault = landed ? BodyFault.None : Append(result.Buffer, maxBytes, totalLimit);
            if (landed) _length += (int)result.Buffer.Length;
            reader.AdvanceTo(result.Buffer.End);
            if (fault != BodyFault.None) return fault;
            if (result.IsCompleted || _length == declared) return BodyFault.None;
            if (!landed) landing?.Land(_buffer.AsMemory(_length, (int)declared! - _length));
        }
    }

    /// <summary>Whether a piece was received where it belongs.</summary>
    private bool HasLanded(in ReadOnlySequence<byte> piece) =>
        piece.Length > 0 && _length < _buffer.Length && Unsafe.AreSame(in MemoryMarshal.GetReference(piece.FirstSpan), in _buffer[_length]);

    private BodyFault Append(in ReadOnlySequence<byte> piece, long maxBytes, long totalLimit)
    {
        var length = _length + piece.Length;
        if (length > maxBytes) return BodyFault.TooLarge;
        if (length > _buffer.Length && !Grow((int)Math.Min(maxBytes, Math.Max(length, _buffer.Length * 2L)), totalLimit)) return BodyFault.NoRoom;
        piece.CopyTo(_buffer.AsSpan(_length));
        _length = (int)length;
        return BodyFault.None;
    }

    private bool Grow(int size, long totalLimit)
    {
        if (!_budget.TryTake(size - _taken, totalLimit)) return false;
        _taken = size;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(size, 1));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        return true;
    }
}
