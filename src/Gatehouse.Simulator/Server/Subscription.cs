using System.Globalization;
using System.Text.RegularExpressions;
using Gatehouse.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Simulator.Server;

/// <summary>
/// The limits of a caller with a subscription's token, as the service tells them with each answer. How much of them is used stands in the token itself
/// (<c>sk-ant-oat01-anything-5h-91-7d-31</c>: 91 of 100 and 31 of 100), so that a test's accounts can differ. Of a used-up one every call is refused.
/// </summary>
/// <param name="FiveHours">Percent used of the five-hour limit.</param>
/// <param name="SevenDays">Percent used of the seven-day limit.</param>
internal sealed partial record Subscription(int FiveHours, int SevenDays)
{
    private const string Prefix = "anthropic-ratelimit-unified-";
    private const int Warned = 90;
    private const int UsedUp = 100;

    /// <summary>The subscription of a call; null for calls with an API key.</summary>
    public static Subscription? Of(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (!authorization.StartsWith("Bearer sk-ant-oat", StringComparison.OrdinalIgnoreCase) || request.Headers.ContainsKey("x-api-key")) return null;
        return new Subscription(Used(authorization, "5h"), Used(authorization, "7d"));
    }

    /// <summary>The vendor's refusal; null where there is something left.</summary>
    public ApiError? Refusal() => Math.Max(FiveHours, SevenDays) < UsedUp
        ? null
        : new ApiError(429, "rate_limit_error", "This request would exceed your account's rate limit. Please try again later.") { RetryAfter = 3600 };

    /// <summary>Adds the headers.</summary>
    public void AddTo(IHeaderDictionary headers, TimeProvider time)
    {
        var (fiveHours, sevenDays) = (time.GetUtcNow().AddHours(1), time.GetUtcNow().AddDays(3));
        var decides = SevenDays > FiveHours && SevenDays >= Warned ? (Name: "seven_day", Used: SevenDays, Reset: sevenDays) : (Name: "five_hour", Used: FiveHours, Reset: fiveHours);
        headers[Prefix + "status"] = Status(decides.Used);
        headers[Prefix + "reset"] = Seconds(decides.Reset);
        headers[Prefix + "representative-claim"] = decides.Name;
        headers[Prefix + "fallback-percentage"] = "0.5";
        headers[Prefix + "overage-status"] = "rejected";
        headers[Prefix + "overage-disabled-reason"] = "org_level_disabled";
        Add(headers, "5h", FiveHours, fiveHours);
        Add(headers, "7d", SevenDays, sevenDays);
    }

    private static void Add(IHeaderDictionary headers, string window, int used, DateTimeOffset reset)
    {
        headers[$"{Prefix}{window}-status"] = Status(used);
        headers[$"{Prefix}{window}-reset"] = Seconds(reset);
        headers[$"{Prefix}{window}-utilization"] = (used / 100.0).ToString("0.##", CultureInfo.InvariantCulture);
        if (used is >= Warned and < UsedUp) headers[$"{Prefix}{window}-surpassed-threshold"] = "0.9";
    }

    private static string Status(int used) => used >= UsedUp ? "rejected" : used >= Warned ? "allowed_warning" : "allowed";

    private static string Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static int Used(string token, string window)
    {
        foreach (Match found in Limit().Matches(token))
        {
            if (found.Groups[1].Value == window) return int.Parse(found.Groups[2].Value, CultureInfo.InvariantCulture);
        }

        return 10;
    }

    [GeneratedRegex(@"-(5h|7d)-(\d{1,3})(?!\d)")]
    private static partial Regex Limit();
}
