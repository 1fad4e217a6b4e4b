using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Dialects.Errors;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>Whether what a client was sent is legal in its dialect, with a good end or a bad one.</summary>
internal static partial class LegalStream
{
    /// <summary>Checks a whole stream.</summary>
    /// <param name="dialect">The client's dialect.</param>
    /// <param name="text">What was sent.</param>
    /// <param name="failure">Why it ended badly; null when it ended well.</param>
    public static void Check(Dialect dialect, string text, DialectError? failure)
    {
        var events = Events(text);
        switch (dialect)
        {
            case Dialect.Anthropic: LegalMessages.Check(events, failure); break;
            case Dialect.OpenAiChat: LegalChat.Check(events, failure); break;
            default: LegalResponses.Check(events, failure); break;
        }
    }

    /// <summary>Splits a stream into names and data; each event must have exactly one data line.</summary>
    public static List<(string Name, string Data)> Events(string text)
    {
        var events = new List<(string, string)>();
        foreach (var part in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = part.Split('\n');
            lines.Length.ShouldBeInRange(1, 2, part);
            var name = lines.Length == 2 ? lines[0] : "";
            if (lines.Length == 2) name.ShouldStartWith("event: ");
            lines[^1].ShouldStartWith("data: ");
            events.Add((name.Replace("event: ", "", StringComparison.Ordinal), lines[^1]["data: ".Length..]));
        }

        text.ShouldSatisfyAllConditions(() => (text.Length == 0 || text.EndsWith("\n\n", StringComparison.Ordinal)).ShouldBeTrue("the last event should be closed"));
        return events;
    }

    /// <summary>Reads an event's data.</summary>
    public static JsonElement Json(string data) => JsonDocument.Parse(data).RootElement;

    /// <summary>A string as UTF-16, halves of characters included: what an upstream cut in two is the client's to put together.</summary>
    public static string? Words(this JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException) when (element.ValueKind == JsonValueKind.String)
        {
            return Escape().Replace(element.GetRawText()[1..^1], static escape => escape.Value[1] switch
            {
                'u' => ((char)ushort.Parse(escape.Value.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString(),
                'n' => "\n",
                'r' => "\r",
                't' => "\t",
                'b' => "\b",
                'f' => "\f",
                var other => other.ToString(),
            });
        }
    }

    [GeneratedRegex(@"\\(u[0-9a-fA-F]{4}|.)")]
    private static partial Regex Escape();
}
