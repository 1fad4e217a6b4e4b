using System.Buffers.Binary;
using System.Text.Unicode;

namespace Gatehouse.Gateway.Metering;

/// <summary>How a field is marked in an encoded record. The numbers are written to the journal: never renumber.</summary>
internal static class FieldTag
{
    public const byte Null = 0, Int = 1, Text = 2, Id = 3;
}

/// <summary>
/// Writes the fields of a record one after another into a buffer of the caller's: a tag, then a zigzag varint, a length and UTF-8, or 16
/// bytes. Allocates nothing. Text beyond its limit is cut at a character.
/// </summary>
internal ref struct FieldWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Fields written.</summary>
    public int Fields { get; private set; }

    /// <summary>A byte that is no field.</summary>
    public void Raw(byte value) => _buffer[Length++] = value;

    /// <summary>A number, or nothing.</summary>
    public void Int(long? value)
    {
        if (value is { } known) Int(known);
        else Null();
    }

    /// <summary>A number.</summary>
    public void Int(long value)
    {
        Fields++;
        _buffer[Length++] = FieldTag.Int;
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        while (zigzag >= 0x80)
        {
            _buffer[Length++] = (byte)(zigzag | 0x80);
            zigzag >>= 7;
        }

        _buffer[Length++] = (byte)zigzag;
    }

    /// <summary>Yes or no, as 1 or 0.</summary>
    public void Flag(bool value) => Int(value ? 1L : 0L);

    /// <summary>A UUID in network order, or nothing.</summary>
    public void Id(Guid? value)
    {
        if (value is not { } known)
        {
            Null();
            return;
        }

        Fields++;
        _buffer[Length++] = FieldTag.Id;
        known.TryWriteBytes(_buffer[Length..], bigEndian: true, out _);
        Length += 16;
    }

    /// <summary>Text of at most <paramref name="limit"/> bytes, or nothing. Lone surrogates become the replacement character.</summary>
    public void Text(string? value, int limit)
    {
        if (value is null)
        {
            Null();
            return;
        }

        Fields++;
        _buffer[Length++] = FieldTag.Text;
        var length = _buffer.Slice(Length, sizeof(ushort));
        Length += sizeof(ushort);
        Utf8.FromUtf16(value, _buffer.Slice(Length, limit), out _, out var written, replaceInvalidSequences: true, isFinalBlock: true);
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)written);
        Length += written;
    }

    private void Null()
    {
        Fields++;
        _buffer[Length++] = FieldTag.Null;
    }
}
