using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Sse;
using Gatehouse.Simulator.Anthropic;
using Gatehouse.Simulator.Chat;
using Gatehouse.Simulator.Metering;
using Gatehouse.Simulator.Responses;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Sealing;
using Gatehouse.Simulator.Server;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Load;

/// <summary>
/// A prebuilt answer for load tests: the request is not parsed, only searched for a model named <c>sim/bench-…</c>.
/// <c>bench-json</c> is a 1 KB body, <c>bench-sse-N</c> N deltas at once, <c>bench-slow-MSms-N</c> N deltas with a pause.
/// Immutable; built once per endpoint and name.
/// </summary>
internal sealed record BenchAnswer(byte[]? Body, IReadOnlyList<byte[]> Events, TimeSpan Pause)
{
    private const int MostDeltas = 100_000;
    /// <summary>The answer for a body, from those built before or a new one; null when it asks for something else.</summary>
    public static BenchAnswer? Find(ConcurrentDictionary<string, BenchAnswer?> built, Endpoint endpoint, ReadOnlySpan<byte> body)
    {
        var at = body.IndexOf("\"sim/bench-"u8);
        if (at < 0 || endpoint is not (Endpoint.Messages or Endpoint.Chat or Endpoint.Responses)) return null;
        var rest = body[(at + 1)..];
        var end = rest.IndexOf((byte)'"');
        if (end is < 0 or > 60) return null;
        var usage = endpoint == Endpoint.Chat && body.IndexOf("include_usage"u8) >= 0;
        var name = Encoding.ASCII.GetString(rest[..end]);
        return built.GetOrAdd($"{endpoint} {usage} {name}", _ => Build(endpoint, name, usage));
    }

    private static BenchAnswer? Build(Endpoint endpoint, string model, bool usage)
    {
        var words = model["sim/bench-".Length..].Split('-');
        return words switch
        {
            ["json"] => new BenchAnswer(Whole(endpoint, model), [], TimeSpan.Zero),
            ["sse", var count] when Number(count) is { } n => new BenchAnswer(null, Stream(endpoint, model, n, usage), TimeSpan.Zero),
            ["slow", var pause, var count] when Number(pause.Replace("ms", "", StringComparison.Ordinal)) is { } ms
                && Number(count) is { } n =>
                new BenchAnswer(null, Stream(endpoint, model, n, usage), TimeSpan.FromMilliseconds(ms)),
            _ => null,
        };
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n <= MostDeltas ? n : null;

    private static byte[] Whole(Endpoint endpoint, string model)
    {
        // Three of four bytes of a kilobyte; the frame of each dialect makes up the rest.
        var answer = new Answer([new TextPart([new string('a', endpoint == Endpoint.Responses ? 64 : 640)])]);
        return endpoint switch
        {
            Endpoint.Messages => Json.Compact(Messages(answer, model).Whole()),
            Endpoint.Chat => Json.Indented(Chat(answer, model).Whole()),
            _ => Json.Indented(Response(answer, model).Final()),
        };
    }

    private static List<byte[]> Stream(Endpoint endpoint, string model, int deltas, bool usage)
    {
        var answer = new Answer([new TextPart([.. Enumerable.Range(1, deltas).Select(i => $"word{i} ")])]);
        var events = endpoint switch
        {
            Endpoint.Messages => MessagesStream.Events(Messages(answer, model)),
            Endpoint.Chat => ChatStream.Events(Chat(answer, model), usage),
            _ => new ResponsesStream(Response(answer, model)).Events(),
        };
        return [.. events.Select(Render)];
    }

    private static TokenUse Use(Answer answer) => new(100, 0, 0, 0, Tokens.Of(answer), 0);

    private static MessagesBody Messages(Answer answer, string model) =>
        new(answer, Use(answer), model, WireId.Anthropic("msg"), new Seals("bench"), false);

    private static ChatBody Chat(Answer answer, string model) => new(answer, Use(answer), model, 1_760_000_000, 1);

    private static ResponsesBody Response(Answer answer, string model)
    {
        using var request = JsonDocument.Parse($"{{\"model\":\"{model}\",\"store\":false}}");
        var items = ResponsesItems.Make(answer, new Seals("bench"), false, false);
        return new ResponsesBody(request.RootElement, answer, items, Use(answer), 1_760_000_000, WireId.Hex("resp"));
    }

    private static byte[] Render(SseEvent happening)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        if (happening.Name is null) SseWriter.WriteData(buffer, happening.Data);
        else SseWriter.WriteEvent(buffer, Encoding.ASCII.GetBytes(happening.Name), happening.Data);
        return buffer.WrittenSpan.ToArray();
    }
}
