using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control.Api;

/// <summary>Usage of one group. What nobody reported is null, never 0.</summary>
internal sealed record UsageData(
    string? Key, long Exchanges, long Failed, long WithUnknownUsage, long? InputTokens, long? OutputTokens, long? CacheReadTokens, long? CacheWriteTokens,
    long? ReasoningTokens, decimal? CostUsd, long WithEstimatedCost, long WithUnknownCost)
{
    /// <summary>Shows one.</summary>
    public static UsageData Of(UsageRow row) => new(
        row.Key, row.Exchanges, row.Failed, row.WithUnknownUsage, row.InputTokens, row.OutputTokens, row.CacheReadTokens, row.CacheWriteTokens,
        row.ReasoningTokens, row.CostNanodollars / 1_000_000_000m, row.WithEstimatedCost, row.WithUnknownCost);
}

/// <summary>A line of the audit log.</summary>
internal sealed record AuditData(
    Guid Id, DateTimeOffset At, string Actor, Guid? TokenId, string Action, string Subject, string? OwnerId, string? Address, JsonElement Detail)
{
    /// <summary>Shows one.</summary>
    public static AuditData Of(AuditEntry one) => new(
        one.Id, one.At, one.Actor, one.TokenId, one.Action, one.Subject, one.OwnerId, one.Address, JsonElement.Parse(one.Detail));
}

/// <summary>The routes of what was done and used.</summary>
internal static class RecordRoutes
{
    private static readonly string[] s_groups = [.. Enum.GetNames<UsageGroup>().Select(static name => name.ToLowerInvariant())];

    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("GET", $"{ApiRoutes.Root}/usage", Opens.People, $"Usage and cost, summed by {string.Join(", ", s_groups)}; as CSV with format=csv. Members see their own.", UsageAsync)
            { Answer = typeof(Listed<UsageData>), Query = ["by", "since", "until", "user", "project", "workspace", "format"] },
        new("GET", $"{ApiRoutes.Root}/audit", Opens.People, "The audit log, newest first. Members see what was done by them or to what is theirs.", AuditAsync)
            { Answer = typeof(Listed<AuditData>), Query = ["actor", "subject", "action", "since", "until", "before", "limit"] },
    ];

    private static async Task<ApiAnswer> UsageAsync(ApiCall call)
    {
        var by = Array.IndexOf(s_groups, call.Asked("by") ?? "day");
        if (by < 0 || call.Asked("format") is not (null or "json" or "csv") || !Time(call, "since", out var since) || !Time(call, "until", out var until))
            return Unreadable($"'by' is one of {string.Join(", ", s_groups)}; 'format' is json or csv.");
        var user = call.Asked("user");
        if (user is not null && !call.Actor.MayReach(user)) return ApiAnswer.Refused(EditRefusal.NotFound, "There is no user with that id.");
        var only = new UsageFilter(call.Actor.IsAdmin ? user : call.Actor.UserId, call.Asked("project"), call.Asked("workspace"));
        var rows = await call.Desk.Ledger.UsageAsync((UsageGroup)by, since, until, only, call.Cancelled);
        return call.Asked("format") == "csv" ? new ApiAnswer { Csv = UsageCsv.Of(s_groups[by], rows) } : ApiAnswer.All(rows, UsageData.Of);
    }

    private static async Task<ApiAnswer> AuditAsync(ApiCall call)
    {
        Guid? before = Guid.TryParse(call.Asked("before"), out var id) ? id : null;
        var limit = 100;
        if ((call.Asked("before") is not null && before is null)
            || (call.Asked("limit") is { } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > 1000))
            || !Time(call, "since", out var since) || !Time(call, "until", out var until)) return Unreadable("'before' is the id of a line; 'limit' is 1 to 1000.");
        var query = new AuditQuery(null, call.Asked("actor"), call.Asked("subject"), call.Asked("action"), since, until, before, limit);
        return ApiAnswer.All(await call.Editors.Audit.FindAsync(call.Actor, query, call.Cancelled), AuditData.Of);
    }

    private static bool Time(ApiCall call, string name, out DateTimeOffset? time)
    {
        var read = DateTimeOffset.TryParse(call.Asked(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var found);
        time = read ? found : null;
        return read || call.Asked(name) is null;
    }

    private static ApiAnswer Unreadable(string what) =>
        ApiAnswer.Refused(EditRefusal.Invalid, $"{what} Times are written as 2026-11-21 or 2026-11-21T12:00:00Z.");
}
