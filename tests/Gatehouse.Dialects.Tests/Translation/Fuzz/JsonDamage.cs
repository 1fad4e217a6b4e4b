using System.Text;
using System.Text.Json;

namespace Gatehouse.Dialects.Tests.Translation.Fuzz;

/// <summary>
/// Damages JSON where a reader would trip: values of another kind, of another body, gone, doubled, wrapped, renamed. What comes out is mostly still JSON, so that
/// the damage gets past the parser.
/// </summary>
internal static class JsonDamage
{
    private static readonly byte[][] s_values =
    [
        .. new[]
        {
            "null", "true", "false", "0", "-1", "7", "1e999", "-0.0", "99999999999999999999", "0.5", "\"\"", "\"x\"", "{}", "[]", "[[]]", "[{}]", "[null,1,\"a\"]",
            "{\"type\":\"text\"}", "{\"type\":7}", "\"\\ud83d\"", "\"\\u0000\\u001f\"", "\"gh1.here.!\"", "\"gh1.here.e30\"", "\"data: [DONE]\\n\\nevent: x\\n\"", "\"{\\\"a\\\":\"",
            "\"data:image/png;base64,AAAA\"", "\"https://x.example/a?b=c\"", $"\"{new string('a', 3000)}\"", new string('[', 70) + new string(']', 70),
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Damages a document in a few places.</summary>
    /// <param name="json">The document; returned as it is when it is not JSON at all.</param>
    /// <param name="donor">A document from which values and names are taken.</param>
    public static byte[] Apply(byte[] json, byte[] donor, Random random)
    {
        for (var times = random.Next(1, 5); times > 0; times--)
        {
            var values = Values(json);
            if (values.Count < 2) return json;
            // Not the whole document, which would leave nothing of it.
            var value = values[random.Next(values.Count - 1)];
            json = Once(json, value, donor, Values(donor), random);
        }

        return json;
    }

    private static byte[] Once(byte[] json, Place value, byte[] donor, List<Place> donors, Random random)
    {
        var other = donors.Count == 0 ? "0"u8.ToArray() : donor[donors[random.Next(donors.Count)].Value];
        var outer = value.Name < 0 ? value.Start..value.End : value.Name..value.End;
        switch (random.Next(8))
        {
            case 0 or 1:
                return Put(json, value.Value, s_values[random.Next(s_values.Length)]);
            case 2:
                return Put(json, value.Value, other);
            case 3:
                var end = outer.End.Value;
                if (end < json.Length && json[end] == ',') return Put(json, outer.Start..(end + 1), []);
                return Put(json, (outer.Start.Value > 0 && json[outer.Start.Value - 1] == ',' ? outer.Start.Value - 1 : outer.Start)..end, []);
            case 4:
                return Put(json, value.End..value.End, [(byte)',', .. json[outer]]);
            case 5:
                return Put(json, value.Value, random.Next(2) == 0 ? [(byte)'[', .. json[value.Value], (byte)']'] : [.. "{\"text\":"u8, .. json[value.Value], (byte)'}']);
            case 6 when value.Name >= 0 && donors.Where(static donor => donor.Name >= 0).ToList() is { Count: > 0 } named:
                var name = named[random.Next(named.Count)];
                return Put(json, value.Name..value.Start, donor[name.Name..name.Start]);
            default:
                return Put(json, value.Value, json[value.Start] == '"' ? Words(json[value.Value], random) : other);
        }
    }

    /// <summary>A string cut, or with something in its middle, which may be half an escape.</summary>
    private static byte[] Words(byte[] text, Random random)
    {
        var at = random.Next(1, text.Length);
        ReadOnlySpan<byte> middle = random.Next(6) switch
        {
            0 => "\\ud83d"u8,
            1 => "\\\\"u8,
            2 => "é日😀"u8,
            3 => "\\u0000"u8,
            4 => [],
            _ => "\\n\\ndata: {}\\n\\n"u8,
        };
        return [.. text.AsSpan(0, at), .. middle, .. text.AsSpan(random.Next(2) == 0 ? at : text.Length - 1)];
    }

    private static byte[] Put(byte[] json, Range place, byte[] with)
    {
        var (start, length) = place.GetOffsetAndLength(json.Length);
        return [.. json.AsSpan(0, start), .. with, .. json.AsSpan(start + length)];
    }

    /// <summary>Where the values of a document are, each before those that hold it; as far as it is JSON.</summary>
    private static List<Place> Values(byte[] json)
    {
        var (values, open) = (new List<Place>(), new Stack<(int Name, int Start)>());
        var name = -1;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512, AllowMultipleValues = true });
        try
        {
            while (reader.Read())
            {
                var start = (int)reader.TokenStartIndex;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = start;
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push((name, start));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        var (outerName, outerStart) = open.Pop();
                        values.Add(new Place(outerName, outerStart, (int)reader.BytesConsumed));
                        break;
                    default:
                        values.Add(new Place(name, start, (int)reader.BytesConsumed));
                        break;
                }

                name = -1;
            }
        }
        catch (JsonException)
        {
            // What came before the fault is enough.
        }

        return values;
    }

    /// <summary>A value, and where its member's name begins; -1 for an item.</summary>
    private readonly record struct Place(int Name, int Start, int End)
    {
        public Range Value => Start..End;
    }
}
