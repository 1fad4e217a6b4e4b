using System.Buffers.Binary;
using System.Text;

namespace Gatehouse.Gateway.Metering;

/// <summary>
/// Yields the fields of a row in the order of <see cref="ExchangeFields"/>, whether they stand in the journal or in the table.
/// </summary>
internal interface IFieldReader
{
    /// <summary>The next field as a number; null when it is unknown.</summary>
    long? Int();

    /// <summary>The next field as text; null when it is unknown.</summary>
    string? Text();

    /// <summary>The next field as a UUID; null when it is unknown.</summary>
    Guid? Id();
}

/// <summary>One field as it stands in an encoded record: its tag and, by that, its number or its bytes.</summary>
internal readonly ref struct Field(byte tag, long number, ReadOnlySpan<byte> bytes)
{
    /// <summary>A <see cref="FieldTag"/>.</summary>
    public byte Tag { get; } = tag;

    /// <summary>The value of a number.</summary>
    public long Number { get; } = number;

    /// <summary>UTF-8 text, or the 16 bytes of a UUID.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}

/// <summary>
/// Reads what <see cref="FieldWriter"/> wrote; fields beyond the end are unknown. Throws <see cref="InvalidDataException"/> on nonsense.
/// </summary>
internal ref struct FieldReader(ReadOnlySpan<byte> fields, int count) : IFieldReader
{
    private ReadOnlySpan<byte> _rest = fields;
    private int _left = count;

    /// <summary>The next field as it stands.</summary>
    public Field Next()
    {
        if (_left == 0) return default;
        _left--;
        var tag = Take(1)[0];
        return tag switch
        {
            FieldTag.Null => default,
            FieldTag.Int => new Field(tag, Varint(), default),
            FieldTag.Text => new Field(tag, 0, Take(BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort))))),
            FieldTag.Id => new Field(tag, 0, Take(16)),
            _ => throw new InvalidDataException($"A ledger record has a field of unknown kind {tag}."),
        };
    }

    /// <inheritdoc/>
    public long? Int() => Next() is { Tag: FieldTag.Int } field ? field.Number : null;

    /// <inheritdoc/>
    public string? Text() => Next() is { Tag: FieldTag.Text } field ? Encoding.UTF8.GetString(field.Bytes) : null;

    /// <inheritdoc/>
    public Guid? Id() => Next() is { Tag: FieldTag.Id } field ? new Guid(field.Bytes, bigEndian: true) : null;

    private long Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return (long)(value >> 1) ^ -(long)(value & 1);
        }

        throw new InvalidDataException("A ledger record has a number without end.");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length) throw new InvalidDataException("A ledger record ends too early.");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
