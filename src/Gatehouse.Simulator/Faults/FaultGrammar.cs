using System.Globalization;

namespace Gatehouse.Simulator.Faults;

/// <summary>Reads faults from the suffixes of a model name, for instance <c>sim/claude+status-429-retry-7</c>.</summary>
internal static class FaultGrammar
{
    private static readonly (string Name, BodyFault Fault, bool Inside)[] s_bodyFaults =
    [
        ("reset-mid", BodyFault.Reset, false), ("reset-inside", BodyFault.Reset, true),
        ("stall-mid", BodyFault.Stall, false), ("stall-inside", BodyFault.Stall, true),
        ("eof-mid", BodyFault.Eof, false), ("eof-inside", BodyFault.Eof, true),
        ("truncate", BodyFault.Truncate, true), ("truncate-mid", BodyFault.Truncate, false),
        ("bad-json", BodyFault.BadJson, false), ("error-event", BodyFault.ErrorEvent, false),
    ];

    /// <summary>The plan of a model name, and the suffixes that mean nothing.</summary>
    public static (FaultPlan Plan, List<string> Unknown) OfModel(string model)
    {
        var plus = model.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? (FaultPlan.None, []) : Parse(model[(plus + 1)..], FaultPlan.None);
    }

    /// <summary>Adds the faults of a list such as <c>gzip+reset-mid-5</c> to a plan.</summary>
    public static (FaultPlan Plan, List<string> Unknown) Parse(string faults, FaultPlan plan)
    {
        var unknown = new List<string>();
        foreach (var fault in faults.Split('+'))
        {
            if (Add(plan, fault) is { } next) plan = next;
            else unknown.Add(fault);
        }
        return (plan, unknown);
    }

    private static FaultPlan? Add(FaultPlan plan, string fault) => fault switch
    {
        "reset-before-headers" => plan with { ResetBeforeHeaders = true },
        "reset-once-before-headers" => plan with { ResetBeforeHeaders = true, Once = true },
        "html" => plan with { Html = true },
        "gzip" or "br" or "deflate" => plan with { Encoding = fault },
        "gzip-always" or "br-always" or "deflate-always" => plan with { Encoding = fault[..^7], EncodingForced = true },
        "no-usage" => plan with { NoUsage = true },
        "crlf" => plan with { Crlf = true },
        "comments" => plan with { Comments = true },
        _ => AddNumbered(plan, fault),
    };

    private static FaultPlan? AddNumbered(FaultPlan plan, string fault)
    {
        if (After(fault, "status-once-") is { } once) return Status(plan with { Once = true }, once);
        if (After(fault, "status-") is { } status) return Status(plan, status);
        if (Number(fault, "slow-first-byte-") is { } ms) return plan with { FirstByte = TimeSpan.FromMilliseconds(ms) };
        if (Number(fault, "slow-first-event-") is { } wait) return plan with { FirstEvent = TimeSpan.FromMilliseconds(wait) };
        if (Number(fault, "huge-event-") is { } kb and <= 64 << 10) return plan with { HugeEventKb = kb };
        if (Number(fault, "split-") is { } size and > 0) return plan with { Split = size };
        foreach (var (name, kind, inside) in s_bodyFaults)
        {
            if (fault == name) return plan with { Body = kind, Inside = inside };
            if (Number(fault, name + "-") is { } after) return plan with { Body = kind, Inside = inside, After = after };
        }
        return null;
    }

    private static FaultPlan? Status(FaultPlan plan, string rest)
    {
        var parts = rest.Split("-retry-");
        if (Whole(parts[0]) is not (>= 400 and <= 599) || parts.Length > 2) return null;
        var retry = parts.Length == 2 ? Whole(parts[1]) : null;
        return parts.Length == 2 && retry is null ? null : plan with { Status = Whole(parts[0]), RetryAfter = retry };
    }

    private static string? After(string fault, string prefix) =>
        fault.StartsWith(prefix, StringComparison.Ordinal) ? fault[prefix.Length..] : null;

    private static int? Number(string fault, string prefix) => After(fault, prefix) is { } rest ? Whole(rest) : null;

    private static int? Whole(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
