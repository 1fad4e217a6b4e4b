using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Toml;

/// <summary>TOML's values that are one word: booleans, integers, floats, dates and times.</summary>
internal static partial class TomlScalars
{
    /// <summary>The value of a word, or null with the reason why it is none.</summary>
    public static ConfigValue? Read(string word, out string fault)
    {
        fault = "";
        if (word is "true" or "false") return new ConfigBoolean(word == "true");
        if (Float().IsMatch(word)) return new ConfigNumber(word.Replace("_", "", StringComparison.Ordinal));
        if (Decimal().IsMatch(word)) return Whole(BigInteger.Parse(Plain(word).TrimStart('+'), CultureInfo.InvariantCulture), ref fault);
        if (Based().Match(word) is { Success: true } based) return Whole(InBase(Plain(based.Groups[2].Value), based.Groups[1].Value[0]), ref fault);
        if (TomlTimes.LooksLikeOne(word)) return TomlTimes.IsValid(word, out fault) ? new ConfigTime(word) : null;
        fault = word.Length == 0 ? "a value is missing" : Advice(word);
        return null;
    }

    private static string Plain(string digits) => digits.Replace("_", "", StringComparison.Ordinal);

    private static BigInteger InBase(string digits, char name)
    {
        var radix = name switch { 'x' => 16, 'o' => 8, _ => 2 };
        return digits.Aggregate(BigInteger.Zero, (sum, digit) => sum * radix + Convert.ToInt32(digit.ToString(), 16));
    }

    private static ConfigNumber? Whole(BigInteger number, ref string fault)
    {
        if (number >= long.MinValue && number <= long.MaxValue) return new ConfigNumber(number.ToString(CultureInfo.InvariantCulture));
        fault = "the integer does not fit into 64 bits";
        return null;
    }

    private static string Advice(string word) => word[0] is '+' or '-' || char.IsAsciiDigit(word[0])
        ? $"'{Short(word)}' is not a number, date or time as TOML writes them"
        : $"'{Short(word)}' is not a value; a string needs quotes";

    private static string Short(string word) => word.Length <= 40 ? word : word[..40] + "…";

    [GeneratedRegex(@"^[+-]?(0|[1-9](_?[0-9])*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Decimal();


    [GeneratedRegex(@"^0(x(?=[0-9A-Fa-f_]+$)|o(?=[0-7_]+$)|b(?=[01_]+$))([0-9A-Fa-f](?:_?[0-9A-Fa-f])*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Based();

    [GeneratedRegex(@"^[+-]?(?:inf|nan|(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9](?:_?[0-9])*(?:[eE][+-]?[0-9](?:_?[0-9])*)?|[eE][+-]?[0-9](?:_?[0-9])*))$", RegexOptions.CultureInvariant)]
    private static partial Regex Float();
}
