using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Envelope;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Tests.Json;

namespace Gatehouse.Dialects.Tests.Envelope;

/// <summary>The scanner against <see cref="Utf8JsonReader"/>: what the reader accepts, the scanner must read the same way.</summary>
public sealed class EnvelopeFuzzTests
{
    [Fact]
    public void Generated_bodies_read_as_the_platforms_reader_reads_them()
    {
        for (var seed = 0; seed < 4_000; seed++)
        {
            var random = new Random(seed);
            var maker = new JsonMaker(seed);
            var body = maker.Body(
                ("\"messages\"", maker.Value(5)),
                (random.Next(2) == 0 ? "\"model\"" : "\"\\u006dod\\u0065l\"", "\"claude-\\u0031" + seed + "\""),
                ("\"stream\"", random.Next(3) switch { 0 => "true", 1 => "false", _ => "null" }),
                ("\"tools\"", maker.Value(6)),
                ("\"stream_options\"", random.Next(2) == 0 ? "null" : " {\"include_usage\" : true, \"z\":" + maker.Value(2) + "}"),
                ("\"store\"", random.Next(2) == 0 ? "true" : "false"));
            Compare(body, mustBeAccepted: true);
            Mutate(body, random);
            Compare(body, mustBeAccepted: false);
        }
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        const string Alphabet = "{}[]:,\"\\ tfn0-1model";
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var body = new byte[random.Next(200)];
            for (var i = 0; i < body.Length; i++)
                body[i] = random.Next(20) == 0 ? (byte)random.Next(256) : (byte)Alphabet[random.Next(Alphabet.Length)];
            Compare(body, mustBeAccepted: false);
            body = [.. "{\"model\":\"a\","u8, .. body];
            Compare(body, mustBeAccepted: false);
        }
    }

    private static void Mutate(byte[] body, Random random)
    {
        const string Likely = "\"\\{}[],: ";
        for (var n = random.Next(1, 4); n > 0; n--)
            body[random.Next(body.Length)] = (byte)Likely[random.Next(Likely.Length)];
    }

    private static void Compare(byte[] body, bool mustBeAccepted)
    {
        var envelope = EnvelopeScanner.Scan(body);
        EnvelopeScanner.ScanWith<Blocks128>(body).ShouldBe(envelope);
        EnvelopeScanner.ScanWith<PortableBlocks>(body).ShouldBe(envelope);
        if (Blocks256.IsSupported)
            EnvelopeScanner.ScanWith<Blocks256>(body).ShouldBe(envelope);
        using (var index = BodyIndex.TryRead(body))
            EnvelopeScanner.Scan(body, index).ShouldBe(envelope);
        if (mustBeAccepted)
            envelope.Fault.ShouldBe(EnvelopeFault.None, Encoding.UTF8.GetString(body));
        if (TryOracle(body, out var oracle))
        {
            envelope.Fault.ShouldNotBe(EnvelopeFault.Empty);
            if (envelope.Fault == EnvelopeFault.NotJson)
                oracle.HasOddKey.ShouldBeTrue(Encoding.UTF8.GetString(body));
        }
        else if (envelope.Fault == EnvelopeFault.None)
        {
            // Accepted here, refused there: only a fault inside a string or below the top level may explain it.
            TryOracle(Skeleton(body), out _).ShouldBeTrue(Encoding.UTF8.GetString(body));
        }

        if (envelope.Fault != EnvelopeFault.None || !oracle.IsWhole)
            return;
        envelope.ModelName(body).ShouldBe(oracle.Model);
        envelope.Stream.ShouldBe(oracle.Stream);
        envelope.Store.ShouldBe(oracle.Store);
        envelope.IncludeUsage.ShouldBe(oracle.IncludeUsage);
        envelope.ObjectEnd.ShouldBe(Array.LastIndexOf(body, (byte)'}'));
    }

    /// <summary>The document with every string emptied and every container below the top level replaced by a zero.</summary>
    private static byte[] Skeleton(byte[] body)
    {
        var skeleton = new List<byte>();
        var (depth, inString, escaped) = (0, false, false);
        foreach (var value in body)
        {
            var wasString = inString;
            if (value == '"' && !escaped)
                inString = !inString;
            escaped = value == '\\' && !escaped;
            if (wasString || inString)
            {
                if (depth == 1 && wasString != inString)
                    skeleton.Add(value);
                continue;
            }

            if (value is (byte)'}' or (byte)']')
                depth--;
            if (depth < 1 || (depth == 1 && value is not ((byte)'{' or (byte)'[' or (byte)']' or (byte)'}')))
                skeleton.Add(value);
            else if (depth == 1 && value is (byte)']' or (byte)'}')
                skeleton.Add((byte)'0');
            if (value is (byte)'{' or (byte)'[')
                depth++;
        }

        return [.. skeleton];
    }

    private static bool TryOracle(byte[] body, out Oracle oracle)
    {
        oracle = new Oracle();
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            string? key = null, option = null;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
                {
                    oracle.HasOddKey |= reader.ValueSpan.IndexOfAnyInRange((byte)0x80, (byte)0xFF) >= 0 || reader.ValueIsEscaped;
                    key = reader.GetString();
                }
                else if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 2 && key == "stream_options")
                    option = reader.GetString();
                else if (reader.CurrentDepth == 1)
                    oracle.Take(key, ref reader);
                else if (reader.CurrentDepth == 2 && key == "stream_options" && option == "include_usage")
                    oracle.IncludeUsage = reader.TokenType == JsonTokenType.Null ? null : reader.TokenType == JsonTokenType.True;
            }

            oracle.IsWhole = true;
            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private sealed class Oracle
    {
        public string? Model { get; private set; }

        public bool Stream { get; private set; }

        public bool? Store { get; private set; }

        public bool? IncludeUsage { get; set; }

        public bool HasOddKey { get; set; }

        public bool IsWhole { get; set; }

        public void Take(string? key, ref Utf8JsonReader reader)
        {
            switch (key)
            {
                case "model" when reader.TokenType == JsonTokenType.String: Model = reader.GetString(); break;
                case "stream": Stream = reader.TokenType == JsonTokenType.True; break;
                case "store": Store = reader.TokenType == JsonTokenType.Null ? null : reader.TokenType == JsonTokenType.True; break;
            }
        }
    }
}
