using System.CommandLine.Parsing;
using System.Globalization;

namespace Gatehouse.Limits;

/// <summary>A limit as it is given on the command line: an amount, or the word that takes it back.</summary>
/// <param name="Amount">Tokens, requests, a percentage, or nanodollars; null for <c>default</c>.</param>
internal sealed record LimitValue(long? Amount)
{
    /// <summary>Reads an option's value; what can't be read is a fault of the command line.</summary>
    /// <param name="result">What was given.</param>
    /// <param name="isMoney">Whether it is an amount of money.</param>
    /// <param name="most">The largest that can be kept.</param>
    public static LimitValue? Parse(ArgumentResult result, bool isMoney, long most = long.MaxValue)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Read(text, isMoney) is { } value)
        {
            if (value.Amount <= most || value.Amount is null) return value;
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"'{text}' is more than {most:#,0}."));
            return null;
        }

        result.AddError(isMoney
            ? $"'{text}' is not an amount of US dollars. Write dollars and cents, such as 200 or 12.50, or default."
            : $"'{text}' is not a whole number. Write one such as 500000, 200k or 50m, or default.");
        return null;
    }

    /// <summary>Reads a value; null when it is none.</summary>
    public static LimitValue? Read(string text, bool isMoney) =>
        text == "default" ? new LimitValue((long?)null) : (isMoney ? Dollars(text) : Count(text)) is { } amount ? new LimitValue(amount) : null;

    private static long? Dollars(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var dollars) && dollars <= 1_000_000_000 && dollars * 100 % 1 == 0
            ? (long)(dollars * 1_000_000_000) : null;

    private static long? Count(string text)
    {
        var (factor, digits) = text is [.. var rest, var unit] && "kKmMgG".Contains(unit, StringComparison.Ordinal)
            ? (char.ToLowerInvariant(unit) switch { 'k' => 1_000L, 'm' => 1_000_000, _ => 1_000_000_000 }, rest)
            : (1L, text);
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 1_000_000_000_000_000 / factor ? count * factor : null;
    }
}
