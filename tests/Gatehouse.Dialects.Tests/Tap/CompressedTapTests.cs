using System.IO.Compression;
using Gatehouse.Dialects.Tap;

namespace Gatehouse.Dialects.Tests.Tap;

public sealed class CompressedTapTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("raw")]
    [InlineData("zlib")]
    public void A_compressed_stream_cut_anywhere_gives_the_facts_of_the_plain_one(string coding)
    {
        var plain = TapReplay.Recording("responses-completed.sse");
        var expected = TapReplay.Describe(TapReplay.Play(Dialect.OpenAiResponses, BodyFraming.EventStream, plain));
        var packed = Pack(coding, plain, flushEvery: 100);
        for (var cut = 0; cut <= packed.Length; cut++)
            TapReplay.Describe(Read(coding, packed, cut)).ShouldBe(expected, $"cut at {cut}");
        TapReplay.Describe(Read(coding, packed, [.. Enumerable.Range(0, packed.Length)])).ShouldBe(expected);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public void Events_are_read_as_soon_as_the_upstream_flushed_them(string coding)
    {
        var plain = TapReplay.Recording("anthropic-overloaded.sse");
        using var packed = new MemoryStream();
        using var packer = Packer(coding, packed);
        var tap = new ResponseTap();
        tap.Reset(Dialect.Anthropic, BodyFraming.EventStream);
        using var compressed = CompressedTap.TryCreate(coding, tap).ShouldNotBeNull();
        var half = plain.AsSpan().IndexOf("\n\n"u8) + 2;
        packer.Write(plain.AsSpan(0, half));
        packer.Flush();
        compressed.Read(packed.ToArray());
        tap.Events.ShouldBe(1);
        tap.AtEventBoundary.ShouldBeTrue();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public void Bad_data_stops_the_metering_quietly(string coding)
    {
        var broken = 0;
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var packed = Pack(coding, TapReplay.Recording("responses-completed.sse"), flushEvery: 200);
            for (var n = random.Next(1, 20); n > 0; n--)
                packed[random.Next(packed.Length)] = (byte)random.Next(256);
            var tap = new ResponseTap();
            tap.Reset(Dialect.OpenAiResponses, BodyFraming.EventStream);
            using var compressed = CompressedTap.TryCreate(coding, tap).ShouldNotBeNull();
            compressed.Read(packed.AsSpan(0, packed.Length / 2));
            compressed.Read(packed.AsSpan(packed.Length / 2));
            compressed.Read(packed);
            broken += compressed.IsBroken ? 1 : 0;
        }

        broken.ShouldBeGreaterThan(50);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public void A_bomb_is_streamed_and_takes_no_memory(string coding)
    {
        var packed = Pack(coding, new byte[64 * 1024 * 1024], flushEvery: int.MaxValue);
        packed.Length.ShouldBeLessThan(128 * 1024);
        var tap = new ResponseTap();
        tap.Reset(Dialect.OpenAiChat, BodyFraming.Json);
        using var compressed = CompressedTap.TryCreate(coding, tap).ShouldNotBeNull();
        var before = GC.GetAllocatedBytesForCurrentThread();
        compressed.Read(packed);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(512 * 1024);
        compressed.IsBroken.ShouldBeFalse();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public void Bytes_behind_the_end_are_not_kept(string coding)
    {
        var tap = new ResponseTap();
        tap.Reset(Dialect.OpenAiResponses, BodyFraming.EventStream);
        using var compressed = CompressedTap.TryCreate(coding, tap).ShouldNotBeNull();
        compressed.Read(Pack(coding, TapReplay.Recording("responses-completed.sse"), flushEvery: int.MaxValue));
        tap.SawTerminal.ShouldBeTrue();
        var junk = new byte[64 * 1024];
        compressed.Read(junk);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            compressed.Read(junk);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(256 * 1024);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("identity")]
    [InlineData("zstd")]
    [InlineData("gzip, br")]
    public void Codings_that_cannot_be_read_are_told(string? coding) => CompressedTap.TryCreate(coding, new ResponseTap()).ShouldBeNull();

    private static ResponseTap Read(string coding, byte[] packed, params int[] cuts)
    {
        var tap = new ResponseTap();
        tap.Reset(Dialect.OpenAiResponses, BodyFraming.EventStream);
        using var compressed = CompressedTap.TryCreate(coding == "raw" ? "Deflate " : coding, tap).ShouldNotBeNull();
        var start = 0;
        foreach (var cut in cuts)
        {
            compressed.Read(packed.AsSpan(start, cut - start));
            start = cut;
        }

        compressed.Read(packed.AsSpan(start));
        compressed.IsBroken.ShouldBeFalse();
        return tap;
    }

    private static byte[] Pack(string coding, byte[] plain, int flushEvery)
    {
        using var packed = new MemoryStream();
        using (var packer = Packer(coding, packed))
        {
            for (var start = 0; start < plain.Length; start += Math.Min(flushEvery, plain.Length - start))
            {
                packer.Write(plain.AsSpan(start, Math.Min(flushEvery, plain.Length - start)));
                packer.Flush();
            }
        }

        return packed.ToArray();
    }

    private static Stream Packer(string coding, Stream output) => coding switch
    {
        "gzip" or "x-gzip" => new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true),
        "br" => new BrotliStream(output, CompressionLevel.Optimal, leaveOpen: true),
        "raw" => new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true),
        _ => new ZLibStream(output, CompressionLevel.Optimal, leaveOpen: true),
    };
}
