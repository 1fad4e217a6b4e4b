using System.Text;

namespace Gatehouse.Dialects.Tests.Translation.Fuzz;

/// <summary>Damages bodies and streams: pure noise, single bytes, JSON values, whole events, cuts.</summary>
internal static class Damage
{
    /// <summary>Bytes that look a little like JSON and events.</summary>
    public static byte[] Noise(Random random, int longest)
    {
        const string Alphabet = "{}[]:,\"\\ tfn0-1\r\n\r\ndata: event: type";
        var bytes = new byte[random.Next(longest)];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = random.Next(20) == 0 ? (byte)random.Next(256) : (byte)Alphabet[random.Next(Alphabet.Length)];
        return bytes;
    }

    /// <summary>A damaged document: as it is now and then, noise seldom, otherwise with other values, and sometimes with other bytes.</summary>
    public static byte[] Document(byte[] json, byte[] donor, Random random)
    {
        var kind = random.Next(24);
        if (kind == 0) return json;
        if (kind == 1) return Noise(random, 600);
        var damaged = kind == 2 ? json : JsonDamage.Apply(json, donor, random);
        return kind < 6 ? Bytes(damaged, random) : damaged;
    }

    /// <summary>A damaged stream: events left out, doubled, moved, of another stream, or damaged in themselves.</summary>
    public static byte[] Stream(byte[] stream, byte[] donor, Random random)
    {
        var kind = random.Next(24);
        if (kind == 0) return stream;
        if (kind == 1) return Noise(random, 600);
        var (events, others) = (Events(stream), Events(donor));
        for (var times = random.Next(1, 6); times > 0 && events.Count > 0; times--)
        {
            var (at, to) = (random.Next(events.Count), random.Next(events.Count));
            switch (random.Next(8))
            {
                case 0: events.RemoveAt(at); break;
                case 1: events.Insert(to, events[at]); break;
                case 2: (events[at], events[to]) = (events[to], events[at]); break;
                case 3 when others.Count > 0: events.Insert(at, others[random.Next(others.Count)]); break;
                case 4 when random.Next(4) == 0: events.AddRange(others); break;
                case 5 when random.Next(3) == 0: events.RemoveRange(at, events.Count - at); break;
                default: events[at] = Event(events[at], others.Count == 0 ? events[to] : others[random.Next(others.Count)], random); break;
            }
        }

        var damaged = Encoding.Latin1.GetBytes(string.Concat(events));
        return kind < 5 ? Bytes(damaged, random) : damaged;
    }

    /// <summary>Feeds bytes in pieces of any size.</summary>
    public static void InPieces(ReadOnlySpan<byte> bytes, Random random, Action<byte[]> feed)
    {
        var longest = 1 << random.Next(1, 14);
        while (!bytes.IsEmpty)
        {
            var length = Math.Min(bytes.Length, random.Next(1, longest));
            feed(bytes[..length].ToArray());
            bytes = bytes[length..];
        }
    }

    private static byte[] Bytes(byte[] bytes, Random random)
    {
        if (bytes.Length == 0) return bytes;
        if (random.Next(4) == 0) return bytes[..random.Next(bytes.Length)];
        bytes = [.. bytes];
        for (var times = random.Next(1, 6); times > 0; times--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    /// <summary>One event with other data, another name, or odd line ends.</summary>
    private static string Event(string text, string donor, Random random)
    {
        var data = text.IndexOf("data: ", StringComparison.Ordinal) + 6;
        var (other, end) = (donor.IndexOf("data: ", StringComparison.Ordinal) + 6, text.TrimEnd('\n').Length);
        if (data < 6 || other < 6 || data >= end) return text.Replace("\n", random.Next(2) == 0 ? "\r\n" : "\r", StringComparison.Ordinal);
        if (random.Next(12) == 0) return text[..data] + donor[other..];
        var damaged = JsonDamage.Apply(Encoding.Latin1.GetBytes(text[data..end]), Encoding.Latin1.GetBytes(donor[other..].TrimEnd('\n')), random);
        return text[..data] + Encoding.Latin1.GetString(damaged) + text[end..];
    }

    private static List<string> Events(byte[] stream) =>
        [.. Encoding.Latin1.GetString(stream).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(static text => text + "\n\n")];
}
