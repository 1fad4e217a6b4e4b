using System.Collections.Immutable;
using Gatehouse.Dialects.Json;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.ClaudeCli.Accounts;

/// <summary>
/// What the vendor tells of an account's limits, taken off the program's own lines. The newer version tells every window with its share used, the older one only the
/// window that decides, with its share once a warning is due; of API keys nothing is told. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RateLimits(TimeProvider time)
{
    /// <summary>How long an account rests that was refused without a word of when its limit begins anew.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromMinutes(5);

    private static readonly ImmutableArray<string> s_families = ["opus", "sonnet", "haiku"];

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, LimitWindow> _windows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _rejected = new(StringComparer.Ordinal);

    /// <summary>Takes what the program said: the member <c>rate_limit_info</c> of its line.</summary>
    public void Take(JsonView info)
    {
        if (info["status"u8].Text() is not { } status) return;
        var now = time.GetUtcNow();
        var decides = info["rateLimitType"u8].Text() ?? "unknown";
        lock (_lock)
        {
            _windows[decides] = Window(decides, info, now);
            foreach (var one in info["unifiedWindows"u8].Members)
            {
                var name = JsonText.Read(one.EscapedName, escaped: true);
                _windows[name] = Window(name, one.Value, now);
            }

            // Where credits pay beyond the limit, it is passed but nothing is refused.
            if (status == "rejected" && !info["isUsingOverage"u8].IsTrue) _rejected[decides] = Reset(info) ?? now + s_rest;
            else if (status != "rejected") Forget(decides);
        }
    }

    /// <summary>The windows that have not begun anew since they were told, by name.</summary>
    public ImmutableArray<LimitWindow> Windows()
    {
        var now = time.GetUtcNow();
        lock (_lock) return [.. _windows.Values.Where(window => !(window.ResetsAt <= now))];
    }

    /// <summary>Until when requests for a model are refused; null when they are not.</summary>
    /// <param name="model">The model, or null for any.</param>
    public DateTimeOffset? RejectedUntil(string? model)
    {
        var now = time.GetUtcNow();
        DateTimeOffset? until = null;
        lock (_lock)
        {
            foreach (var (window, reset) in _rejected)
            {
                if (reset > now && Holds(window, model) && !(reset <= until)) until = reset;
            }
        }

        return until;
    }

    /// <summary>The share that is left of the tightest limit for a model, from 0 to 1. What nobody has told yet counts as free.</summary>
    public double Headroom(string model) => 1 - Windows().Where(window => Holds(window.Name, model)).Select(Used).DefaultIfEmpty(0).Max();

    private static double Used(LimitWindow window) => window.Utilization is { } used ? Math.Clamp(used, 0, 1) : window.Status switch
    {
        "rejected" => 1,
        // The vendor warns from 0.75 or 0.9 on.
        "allowed_warning" => 0.9,
        _ => 0,
    };

    // Some limits are a model family's own.
    private static bool Holds(string window, string? model) =>
        FamilyOf(window) is not { } family || model is null || model.Contains(family, StringComparison.OrdinalIgnoreCase);

    private static string? FamilyOf(string window) => s_families.FirstOrDefault(family => window.EndsWith("_" + family, StringComparison.Ordinal));

    // What is let through shows that the general limits hold nobody up any more, but says nothing of another model's.
    private void Forget(string decides)
    {
        foreach (var window in _rejected.Keys.Where(window => window == decides || FamilyOf(window) is null).ToList()) _rejected.Remove(window);
    }

    private static LimitWindow Window(string name, JsonView said, DateTimeOffset now) => new(
        name, said["status"u8].Text() ?? "unknown", said["utilization"u8].TryNumber(out var used) ? used : null, Reset(said), now);

    private static DateTimeOffset? Reset(JsonView said) =>
        said["resetsAt"u8].TryInteger(out var seconds) && seconds is > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}
