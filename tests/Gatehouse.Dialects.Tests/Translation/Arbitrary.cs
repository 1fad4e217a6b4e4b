using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Dialects.Tests.Translation.Fuzz;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>
/// What FsCheck makes up for properties, and how it makes what failed smaller: conversations turn by turn and text by text, streams and bodies piece by piece.
/// </summary>
internal static class Arbitrary
{
    private static readonly string[] s_pieces =
    [
        "words ", "\"quoted\" ", "\n", "\r\n", "\t", "\\", "\\u0041", "ü", "😀", "👩‍👩‍👧", "\u0001", "\u2028", "{\"a\":[1,2]}", "</system>", "data: [DONE]\n\n", "call_1", " ",
    ];

    private static readonly string[] s_tools = [.. new RandomConversations(0).Tools];

    /// <summary>Conversations of up to five turns.</summary>
    public static Arbitrary<Talk> Talks { get; } = Arb.From(Talk(), Smaller);

    /// <summary>Bytes that a client of a dialect might send: requests with damage.</summary>
    public static Arbitrary<byte[]> Bodies(Dialect client) => Arb.From(Seeds().Select(seed => Body(client, new Random(seed))), Smaller);

    /// <summary>Pieces as an upstream of a dialect might send them: events of other answers, damaged ones, noise.</summary>
    public static Arbitrary<IReadOnlyList<byte[]>> Streams(Dialect upstream) =>
        Arb.From(Seeds().Select(seed => Piece(upstream, new Random(seed))).ListOf().Select(static pieces => (IReadOnlyList<byte[]>)[.. pieces]), Fewer);

    private static Gen<int> Seeds() => Gen.Choose(0, int.MaxValue);

    private static Gen<Talk> Talk() =>
        from words in Text().NonEmptyListOf()
        from count in Gen.Choose(1, 5)
        from turns in Turn().ListOf(count)
        from seed in Seeds()
        select new Talk([.. words], [.. turns.Select(Numbered)], seed);

    private static Gen<SaidTurn> Turn() =>
        from thinking in Text()
        from signature in Gen.Choose(0, 1_000_000_000)
        from text in Gen.Frequency((3, Text()), (1, Gen.Constant("")))
        from calls in Call().ListOf().Resize(4)
        select new SaidTurn(thinking, Convert.ToBase64String(BitConverter.GetBytes(signature)) + "+/=", calls.Count > 0 || text.Length > 0 ? text : "t.", [.. calls]);

    private static Gen<SaidCall> Call() =>
        from tool in Gen.Elements(s_tools)
        from text in Text()
        from arguments in Gen.Elements("{}", new JsonObject { ["text"] = text, ["n"] = 1.50, ["list"] = new JsonArray(1, "b", null) }.ToJsonString())
        select new SaidCall("", tool, arguments);

    /// <summary>Texts that are not blank, which hosts refuse.</summary>
    private static Gen<string> Text() => Gen.Elements(s_pieces).ListOf().Select(static pieces => "t" + string.Concat(pieces) + ".");

    private static SaidTurn Numbered(SaidTurn turn, int number) =>
        turn with { Calls = [.. turn.Calls.Select((call, at) => call with { Id = $"call_{number}_{at}" })] };

    private static IEnumerable<Talk> Smaller(Talk talk)
    {
        if (talk.Turns.Count > 1)
        {
            foreach (var turns in Fewer(talk.Turns)) yield return talk with { Turns = [.. turns.Select(Numbered)] };
        }

        if (talk.Words.Count > 1) yield return talk with { Words = [.. talk.Words.Take(talk.Words.Count / 2)] };
        for (var at = 0; at < talk.Turns.Count; at++)
        {
            foreach (var turn in Smaller(talk.Turns[at])) yield return talk with { Turns = [.. talk.Turns.Take(at), Numbered(turn, at), .. talk.Turns.Skip(at + 1)] };
        }
    }

    private static IEnumerable<SaidTurn> Smaller(SaidTurn turn)
    {
        if (turn.Thinking.Length > 2) yield return turn with { Thinking = "t" + turn.Thinking[^(turn.Thinking.Length / 2)..] };
        if (turn.Text.Length > 2) yield return turn with { Text = "t" + turn.Text[^(turn.Text.Length / 2)..] };
        foreach (var calls in Fewer(turn.Calls))
        {
            if (calls.Count > 0 || turn.Text.Length > 0) yield return turn with { Calls = calls };
        }
    }

    private static IEnumerable<byte[]> Smaller(byte[] bytes)
    {
        for (var size = bytes.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= bytes.Length; at += size) yield return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + size)];
        }
    }

    private static IEnumerable<IReadOnlyList<T>> Fewer<T>(IReadOnlyList<T> all)
    {
        if (all.Count > 3) yield return [.. all.Take(all.Count / 2)];
        if (all.Count > 3) yield return [.. all.Skip(all.Count / 2)];
        for (var at = 0; at < all.Count; at++) yield return [.. all.Take(at), .. all.Skip(at + 1)];
    }

    private static byte[] Body(Dialect client, Random random) => Damage.Document(Corpus.Request(client, random), Corpus.Request(client, random), random);

    private static byte[] Piece(Dialect upstream, Random random)
    {
        if (random.Next(12) == 0) return Damage.Noise(random, 80);
        var stream = Corpus.Stream(random.Next(20) == 0 ? (Dialect)random.Next(3) : upstream, random);
        if (random.Next(6) == 0) stream = Damage.Stream(stream, Corpus.Stream(upstream, random), random);
        var events = Encoding.Latin1.GetString(stream).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        return events.Length == 0 ? [] : Encoding.Latin1.GetBytes(events[random.Next(events.Length)] + "\n\n");
    }
}
