using System.Globalization;
using System.Text.Json;

namespace Gatehouse.ClaudeCli.Answers;

/// <summary>Why the program gave no answer, as the vendor's API would say it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">The error's type in the Messages dialect.</param>
/// <param name="Message">What happened and what helps. Holds no secret.</param>
/// <param name="ProcessEnded">Whether the process went away rather than the vendor's API saying no.</param>
internal sealed record CliFault(int Status, string Type, string Message, bool ProcessEnded = false)
{
    /// <summary>When to come again; null when nothing is known of it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The model said nothing. No words are put into its mouth.</summary>
    public static CliFault Empty { get; } = new(502, "api_error", "The claude program ended its turn without an answer.");

    /// <summary>The error as an event of an answer that has begun.</summary>
    public byte[] Event() =>
        [.. "event: error\ndata: "u8, .. JsonSerializer.SerializeToUtf8Bytes(new { type = "error", error = new { type = Type, message = Message } }), .. "\n\n"u8];

    /// <summary>The program ended without a word of a result.</summary>
    /// <param name="exitCode">Its exit code; null when it closed its output and runs on.</param>
    /// <param name="errors">What it said on standard error.</param>
    public static CliFault Exited(int? exitCode, string errors)
    {
        var said = errors.Length == 0 ? "" : $" It said: {errors}";
        return errors.Contains("root", StringComparison.Ordinal) && errors.Contains("sudo", StringComparison.Ordinal)
            ? new CliFault(502, "api_error", $"The claude program refuses to run as root. Run the gateway as another user.{said}")
            : new CliFault(502, "api_error", $"The claude program ended (exit code {exitCode?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}) before it had answered.{said}", ProcessEnded: true);
    }

    /// <summary>What the vendor's API answered, by the status that the program tells.</summary>
    /// <param name="status">The status; null when the program tells none.</param>
    /// <param name="text">The program's own words.</param>
    public static CliFault Said(long? status, string text) => status switch
    {
        400 => new CliFault(400, "invalid_request_error", text),
        401 => new CliFault(401, "authentication_error", $"{text}. Log the claude program in again: run 'claude auth login' as the gateway's user."),
        402 => new CliFault(402, "billing_error", text),
        403 => new CliFault(403, "permission_error", text),
        404 => new CliFault(404, "not_found_error", text),
        413 => new CliFault(413, "request_too_large", text),
        429 => new CliFault(429, "rate_limit_error", text),
        529 => new CliFault(529, "overloaded_error", text),
        >= 400 and < 500 => new CliFault((int)status, "invalid_request_error", text),
        >= 500 => new CliFault(502, "api_error", text),
        _ => Worded(text),
    };

    // The program tells no status of what happened before it reached the API: its words are all there is.
    private static CliFault Worded(string text)
    {
        if (Has(text, "not logged in", "/login", "authenticate", "oauth token"))
            return new CliFault(401, "authentication_error", $"{text}. Log the claude program in: run 'claude auth login' as the gateway's user.");
        if (Has(text, "usage limit", "rate limit", "limit reached")) return new CliFault(429, "rate_limit_error", text);
        if (Has(text, "extra usage", "billing", "credit balance", "subscription")) return new CliFault(402, "billing_error", text);
        if (Has(text, "overloaded")) return new CliFault(529, "overloaded_error", text);
        if (Has(text, "timed out", "timeout")) return new CliFault(504, "timeout_error", text);
        return new CliFault(502, "api_error", text.Length == 0 ? "The claude program ended its turn with an error and no words for it." : text);
    }

    private static bool Has(string text, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
