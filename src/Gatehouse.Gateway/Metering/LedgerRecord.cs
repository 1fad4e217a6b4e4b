namespace Gatehouse.Gateway.Metering;

/// <summary>What a journal record says. The numbers are written to the journal: never renumber.</summary>
internal enum LedgerRecordKind : byte
{
    /// <summary>An exchange began.</summary>
    Admit = 1,

    /// <summary>An exchange ended.</summary>
    Settle = 2,

    /// <summary>
    /// An admit written again by the drain, so that the segment of the first one can be deleted while the exchange still runs.
    /// </summary>
    Carried = 3,
}

/// <summary>
/// An encoded record of the journal: kind, format version, number of fields, fields; the first is the id, at a fixed place.
/// </summary>
internal readonly ref struct LedgerRecord
{
    /// <summary>The format written.</summary>
    public const byte Version = 1;

    private const int Head = 3;
    private readonly ReadOnlySpan<byte> _bytes;

    private LedgerRecord(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What it says.</summary>
    public LedgerRecordKind Kind => (LedgerRecordKind)_bytes[0];

    /// <summary>The exchange's id.</summary>
    public Guid Id => new(_bytes.Slice(Head + 1, 16), bigEndian: true);

    /// <summary>The fields, in the order of <see cref="ExchangeFields"/>.</summary>
    public FieldReader Fields => new(_bytes[Head..], _bytes[2]);

    /// <summary>
    /// Encodes an exchange; returns the bytes used of <paramref name="buffer"/>, which holds <see cref="ExchangeFields.LargestRecord"/>.
    /// </summary>
    public static int Write(LedgerRecordKind kind, ExchangeRecord exchange, Span<byte> buffer)
    {
        var writer = new FieldWriter(buffer);
        writer.Raw((byte)kind);
        writer.Raw(Version);
        writer.Raw(0);
        ExchangeFields.Write(exchange, ref writer);
        buffer[2] = (byte)writer.Fields;
        return writer.Length;
    }

    /// <summary>Looks at the head of a record; false when it is not one that this program understands.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out LedgerRecord record)
    {
        record = new LedgerRecord(bytes);
        return bytes.Length > Head + 16 && bytes[0] is >= 1 and <= 3 && bytes[1] == Version && bytes[Head] == FieldTag.Id;
    }

    /// <summary>Decodes all of it.</summary>
    /// <exception cref="InvalidDataException">The fields make no sense.</exception>
    public ExchangeRecord Decode()
    {
        var fields = Fields;
        return ExchangeFields.Read(ref fields);
    }
}
