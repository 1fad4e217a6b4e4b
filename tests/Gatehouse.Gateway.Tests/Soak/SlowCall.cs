using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Gatehouse.Gateway.Tests.Hostile;

namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>What a client saw of one call.</summary>
/// <param name="Exchange">The exchange's id; null when not even headers came.</param>
/// <param name="Status">The status; 0 when none came.</param>
/// <param name="Words">The highest N up to which <c>word1 … wordN</c> came complete and in order, -1 when one was missing or out of
/// place.</param>
/// <param name="SawEnd">Whether the answer came to its end: the last event, and the end of the HTTP message.</param>
internal sealed record Seen(Guid? Exchange, int Status, int Words, bool SawEnd);

/// <summary>
/// A client of the simulator's bench answers that counts what it gets. The simulator finds the answer's name anywhere in the body; it
/// stands
/// in a field of its own, because models named <c>sim/…</c> are not routed to other providers.
/// </summary>
internal static partial class SlowCall
{
    public static async Task<Seen> RunAsync(
        HttpClient http, Uri gateway, string token, Door door, string answer, bool stream, Action? began = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, door.Path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("anthropic-version", "2023-06-01");
        request.Content = new StringContent(
            door.With($"\"model\":\"claude-x\",\"user\":\"sim/bench-{answer}\",\"stream\":{(stream ? "true" : "false")}"), Encoding.UTF8,
                "application/json");
        Guid? exchange = null;
        var (status, words, ended) = (0, 0, false);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            status = (int)response.StatusCode;
            if (response.Headers.TryGetValues("x-gatehouse-exchange", out var ids)) exchange = Guid.Parse(ids.Single());
            if (!stream) return new Seen(exchange, status, 0, await response.Content.ReadAsStringAsync() is { Length: > 0 });
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            var terminal = false;
            while (await reader.ReadLineAsync() is { } line)
            {
                if (words == 0 && line.Length > 0) began?.Invoke();
                terminal |= IsTerminal(door, line);
                if (!IsDelta(door, line) || Word().Match(line) is not { Success: true } word) continue;
                var number = int.Parse(word.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                words = words >= 0 && number == words + 1 ? number : -1;
            }

            ended = terminal;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The gateway was killed, or broke the stream off.
        }

        return new Seen(exchange, status, words, ended);
    }

    private static bool IsTerminal(Door door, string line) => line.StartsWith(
        door == Door.Messages ? "event: message_stop" : door == Door.Chat
            ? "data: [DONE]" : "event: response.completed", StringComparison.Ordinal);

    private static bool IsDelta(Door door, string line) => line.StartsWith("data:", StringComparison.Ordinal)
        && (door == Door.Chat
            || line.Contains(door == Door.Messages ? "content_block_delta" : "response.output_text.delta", StringComparison.Ordinal));

    [GeneratedRegex(@"word(\d+) ")]
    private static partial Regex Word();
}
