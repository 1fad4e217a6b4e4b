using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Metering;

public sealed class LedgerRecordTests
{
    private static byte[] Encode(ExchangeRecord exchange)
    {
        var buffer = new byte[ExchangeFields.LargestRecord];
        return buffer[..LedgerRecord.Write(LedgerRecordKind.Settle, exchange, buffer)];
    }

    private static ExchangeRecord Decode(byte[] bytes)
    {
        LedgerRecord.TryParse(bytes, out var record).ShouldBeTrue();
        return record.Decode();
    }

    [Fact]
    public void Every_field_comes_back_from_the_journals_bytes()
    {
        var full = ExchangeSamples.Full();
        Decode(Encode(full)).ShouldBeLike(full);
    }

    [Fact]
    public void What_is_unknown_comes_back_as_unknown() => Decode(Encode(new ExchangeRecord())).ShouldBeLike(new ExchangeRecord());

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(long.MaxValue)]
    public void Numbers_of_any_size_come_back(long number) =>
        Decode(Encode(new ExchangeRecord { FirstByteMicros = number })).FirstByteMicros.ShouldBe(number);

    [Fact]
    public void Overlong_text_in_every_field_is_cut_at_a_character_and_still_fits()
    {
        var record = ExchangeSamples.Full();
        foreach (var property in ExchangeSamples.Properties.Where(p => p.PropertyType == typeof(string)))
            property.SetValue(record, "x" + string.Concat(Enumerable.Repeat("🙂", 5000)));
        foreach (var property in ExchangeSamples.Properties.Where(p => p.PropertyType == typeof(long) || p.PropertyType == typeof(long?)))
            property.SetValue(record, long.MinValue);
        var decoded = Decode(Encode(record));
        decoded.ModelAsked.ShouldBe("x" + string.Concat(Enumerable.Repeat("🙂", (ExchangeFields.TextLimit - 1) / 4)));
        decoded.ResponseId!.Length.ShouldBeGreaterThan(400);
        decoded.ServerTools.ShouldBe("""{"truncated":true}""");
    }

    [Fact]
    public void An_id_is_read_without_the_rest()
    {
        var exchange = ExchangeSamples.Full();
        LedgerRecord.TryParse(Encode(exchange), out var record).ShouldBeTrue();
        record.Id.ShouldBe(exchange.Id);
    }

    [Fact]
    public void A_record_of_an_older_version_with_fewer_fields_leaves_the_new_ones_unknown()
    {
        var bytes = Encode(ExchangeSamples.Full());
        bytes[2] -= 10;
        var decoded = Decode(bytes);
        decoded.ParentAgentId.ShouldNotBeNull();
        decoded.Losses.ShouldBeNull();
        decoded.OwnsResponse.ShouldBeFalse();
        decoded.CostNanodollars.ShouldBeNull();
        decoded.QueueMicros.ShouldBeNull();
    }

    [Fact]
    public void Bytes_cut_anywhere_are_refused_and_never_read_beyond_their_end()
    {
        var bytes = Encode(ExchangeSamples.Full());
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            if (LedgerRecord.TryParse(cut, out _)) Should.Throw<InvalidDataException>(() => Decode(cut));
        }
    }

    [Fact]
    public void Columns_and_fields_are_equally_many() => ((int)Encode(new ExchangeRecord())[2]).ShouldBe(ExchangeFields.Columns.Count);
}
