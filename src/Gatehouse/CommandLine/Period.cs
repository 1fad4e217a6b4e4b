using System.CommandLine.Parsing;
using System.Globalization;

namespace Gatehouse.CommandLine;

/// <summary>Lengths of time as people write them: <c>45m</c>, <c>12h</c>, <c>30d</c>, <c>8w</c>.</summary>
internal static class Period
{
    private const int LongestDays = 36_500;

    /// <summary>Reads an option's value; what can't be read is a fault of the command line.</summary>
    public static TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Read(text) is { } period) return period;
        result.AddError($"'{text}' is not a period of time. Write a number and a unit: 45m, 12h, 30d, 8w.");
        return null;
    }

    /// <summary>Reads a period; null when it is none, or longer than a hundred years.</summary>
    public static TimeSpan? Read(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
            return null;
        TimeSpan? unit = text[^1] switch
        {
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            'w' => TimeSpan.FromDays(7),
            _ => null,
        };
        return unit is { } one && one.TotalDays * count <= LongestDays ? one * count : null;
    }
}
