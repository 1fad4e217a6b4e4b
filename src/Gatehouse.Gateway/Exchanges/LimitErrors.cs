using System.Globalization;
using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Admission;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Says in words and figures which limit a request does not fit into, how much of it is used, and when it begins anew. A spent budget is told in the way at
/// which each agent stops (docs/limits.md has the measurements); a full window in the way at which it waits. Pure.
/// </summary>
internal static class LimitErrors
{
    /// <summary>The ledger's word for a limit, which is also the machine's word in the error.</summary>
    public static string Word(LimitKind kind) => kind switch
    {
        LimitKind.Requests => "rate_limited",
        LimitKind.RequestInput => "request_too_long",
        LimitKind.DailyInput => "daily_input_spent",
        LimitKind.DailyOutput => "daily_output_spent",
        LimitKind.MonthlyCost => "monthly_cost_spent",
        _ => "model_unpriced",
    };

    /// <summary>The error for a refusal.</summary>
    public static DialectError Of(in LimitRefusal refusal, Dialect dialect, DateTimeOffset now) => refusal.Kind switch
    {
        LimitKind.Requests => new(
            ErrorKind.RateLimited,
            $"{Count(refusal.Limit)} requests were made in the last while, which is as many as this user may make (requests a window). Try again in {Wait(refusal, now)}.")
        { Details = Details(refusal, now) },
        LimitKind.RequestInput => TooLong(refusal, dialect),
        LimitKind.DailyInput => Spent(refusal, now, "daily budget of input tokens", Count(refusal.Used), Count(refusal.Limit), Count(refusal.Held), Count(refusal.Needed)),
        LimitKind.DailyOutput => Spent(refusal, now, "daily budget of output tokens", Count(refusal.Used), Count(refusal.Limit), Count(refusal.Held), Count(refusal.Needed)),
        LimitKind.MonthlyCost => Spent(refusal, now, "monthly budget", Dollars(refusal.Used), Dollars(refusal.Limit), Dollars(refusal.Held), Dollars(refusal.Needed)),
        _ => new(
            ErrorKind.Permission,
            "This user has a monthly budget, and no price is known of this model, so that the budget could not count it. Add its price to 'prices' of the configuration.",
            Word(refusal.Kind),
            "model"),
    };

    private static DialectError Spent(in LimitRefusal refusal, DateTimeOffset now, string budget, string used, string limit, string held, string needed)
    {
        var message = new StringBuilder($"Gatehouse: the {budget} of this user is spent: {used} of {limit} used");
        if (refusal.Held > 0) message.Append(CultureInfo.InvariantCulture, $", {held} held by running requests");
        if (refusal.Used < refusal.Limit) message.Append(CultureInfo.InvariantCulture, $", and this request needs about {needed}");
        message.Append(CultureInfo.InvariantCulture, $". It begins anew at {refusal.ResetsAt:yyyy-MM-dd HH:mm} UTC, in {Wait(refusal, now)}.");
        return new DialectError(ErrorKind.BudgetSpent, message.ToString()) { Details = Details(refusal, now) };
    }

    // The vendors' own beginnings: at these Claude Code and Codex shorten the conversation by themselves.
    private static DialectError TooLong(in LimitRefusal refusal, Dialect dialect) => dialect == Dialect.Anthropic
        ? new(ErrorKind.InvalidRequest, $"prompt is too long: {Plain(refusal.Needed)} tokens > {Plain(refusal.Limit)} maximum (limits.maxInputTokensPerRequest of the gateway)")
        : new(
            ErrorKind.InvalidRequest,
            $"Your input exceeds the context window of this gateway: about {Count(refusal.Needed)} tokens, of {Count(refusal.Limit)} that one request may have.",
            "context_length_exceeded",
            dialect == Dialect.OpenAiChat ? "messages" : "input");

    private static byte[] Details(in LimitRefusal refusal, DateTimeOffset now)
    {
        // Codex reads resets_at and resets_in_seconds.
        var reset = refusal.ResetsAt is { } at
            ? $"\"resets_at\":{Plain(at.ToUnixTimeSeconds())},\"resets_in_seconds\":{Plain(Seconds(refusal, now))},"
            : "";
        return Encoding.UTF8.GetBytes(
            $"{reset}\"limit\":{{\"kind\":\"{Word(refusal.Kind)}\",\"used\":{Plain(refusal.Used)},\"held\":{Plain(refusal.Held)},"
            + $"\"needed\":{Plain(refusal.Needed)},\"limit\":{Plain(refusal.Limit)}}}");
    }

    private static long Seconds(in LimitRefusal refusal, DateTimeOffset now) =>
        refusal.ResetsAt is { } at ? Math.Max(1, (long)Math.Ceiling((at - now).TotalSeconds)) : 0;

    private static string Wait(in LimitRefusal refusal, DateTimeOffset now)
    {
        var left = TimeSpan.FromSeconds(Seconds(refusal, now));
        return left.TotalDays >= 2 ? $"{(int)left.TotalDays} days"
            : left.TotalHours >= 1 ? $"{(int)left.TotalHours} h {left.Minutes} min"
            : left.TotalMinutes >= 2 ? $"{(int)left.TotalMinutes} min"
            : $"{(int)left.TotalSeconds} s";
    }

    private static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Plain(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Dollars(long nanodollars) => "$" + (nanodollars / 1_000_000_000m).ToString("#,0.00", CultureInfo.InvariantCulture);
}
