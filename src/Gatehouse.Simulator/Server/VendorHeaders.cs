using System.Globalization;
using Gatehouse.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Simulator.Server;

/// <summary>The headers that each vendor sends with every answer.</summary>
internal static class VendorHeaders
{
    /// <summary>Adds ids and rate limits.</summary>
    public static void Add(IHeaderDictionary headers, Vendor vendor, string requestId, TimeProvider time)
    {
        if (vendor == Vendor.Anthropic) AddAnthropic(headers, requestId, time);
        else AddOpenAi(headers, requestId);
    }

    private static void AddAnthropic(IHeaderDictionary headers, string requestId, TimeProvider time)
    {
        headers["request-id"] = requestId;
        headers["anthropic-organization-id"] = "5d1a7e0c-3b7e-4c7e-9a53-1f2f7d1c0a11";
        var reset = time.GetUtcNow().AddMinutes(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        foreach (var (
            kind, limit) in new[] { ("requests", 4000), ("tokens", 4_800_000), ("input-tokens", 4_000_000), ("output-tokens", 800_000) })
        {
            headers[$"anthropic-ratelimit-{kind}-limit"] = limit.ToString(CultureInfo.InvariantCulture);
            headers[$"anthropic-ratelimit-{kind}-remaining"] = (limit - 1).ToString(CultureInfo.InvariantCulture);
            headers[$"anthropic-ratelimit-{kind}-reset"] = reset;
        }
    }

    private static void AddOpenAi(IHeaderDictionary headers, string requestId)
    {
        headers["x-request-id"] = requestId;
        headers["openai-organization"] = "sim-organization";
        headers["openai-project"] = "proj_simulated";
        headers["openai-processing-ms"] = "12";
        headers["openai-version"] = "2020-10-01";
        headers["x-ratelimit-limit-requests"] = "10000";
        headers["x-ratelimit-limit-tokens"] = "2000000";
        headers["x-ratelimit-remaining-requests"] = "9999";
        headers["x-ratelimit-remaining-tokens"] = "1999000";
        headers["x-ratelimit-reset-requests"] = "6ms";
        headers["x-ratelimit-reset-tokens"] = "30ms";
    }
}
