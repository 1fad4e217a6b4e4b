using System.Globalization;

namespace Gatehouse.Usage;

/// <summary>Amounts of money as people read them: US dollars with as many places as tell something.</summary>
internal static class Money
{
    private const decimal Dollar = 1_000_000_000;

    /// <summary>Nanodollars as dollars: to the cent, below ten cents to the hundredth of one; null is a dash.</summary>
    public static string Text(long? nanodollars) => nanodollars switch
    {
        null => "-",
        0 => "$0",
        < 100_000_000 => "$" + (nanodollars.Value / Dollar).ToString("0.0000", CultureInfo.InvariantCulture),
        { } amount => "$" + (amount / Dollar).ToString("#,0.00", CultureInfo.InvariantCulture),
    };

    /// <summary>Nanodollars as a plain number of dollars, exact; null is empty.</summary>
    public static string Exact(long? nanodollars) =>
        nanodollars is { } amount ? (amount / Dollar).ToString("0.#########", CultureInfo.InvariantCulture) : "";
}
