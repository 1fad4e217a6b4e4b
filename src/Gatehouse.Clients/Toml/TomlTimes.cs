using System.Globalization;
using System.Text.RegularExpressions;

namespace Gatehouse.Clients.Toml;

/// <summary>TOML's four kinds of dates and times (RFC 3339, seconds always written).</summary>
internal static partial class TomlTimes
{
    /// <summary>Whether a word begins as a date or time does.</summary>
    public static bool LooksLikeOne(string word) => Beginning().IsMatch(word);

    /// <summary>Whether a word is one of the four kinds, with every part in its range.</summary>
    public static bool IsValid(string word, out string fault)
    {
        fault = "not a date or time as TOML writes them";
        if (Shape().Match(word) is not { Success: true } match) return false;
        var parts = match.Groups;
        fault = "a date or time with a part out of its range";
        if (parts["year"].Success)
        {
            var (year, month, day) = (Number(parts["year"]), Number(parts["month"]), Number(parts["day"]));
            // DateTime knows no year 0, which RFC 3339 allows; it is a leap year, as 2000 is.
            if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year == 0 ? 2000 : year, month)) return false;
        }
        // The 60th second is a leap second.
        if (parts["hour"].Success && (Number(parts["hour"]) > 23 || Number(parts["minute"]) > 59 || Number(parts["second"]) > 60)) return false;
        return !parts["away"].Success || (Number(parts["away"]) <= 23 && Number(parts["awayMinute"]) <= 59);
    }

    private static int Number(Group part) => int.Parse(part.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("^[0-9]+(-[0-9]|:)", RegexOptions.CultureInvariant)]
    private static partial Regex Beginning();

    private const string Date = "(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})";
    private const string Time = @"(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(?:\.[0-9]+)?";

    [GeneratedRegex($@"^(?:{Date}(?:[Tt ]{Time}(?:[Zz]|[+-](?<away>[0-9]{{2}}):(?<awayMinute>[0-9]{{2}}))?)?|{Time})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
