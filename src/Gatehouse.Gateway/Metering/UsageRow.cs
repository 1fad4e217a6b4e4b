namespace Gatehouse.Gateway.Metering;

/// <summary>What usage is summed by.</summary>
public enum UsageGroup
{
    /// <summary>Day, UTC.</summary>
    Day,

    /// <summary>The model asked for.</summary>
    Model,

    /// <summary>The provider's configured name, or to whom an endpoint of a person's own is put down.</summary>
    Provider,

    /// <summary>The access token's id.</summary>
    Token,

    /// <summary>The user's id.</summary>
    User,

    /// <summary>The project's id.</summary>
    Project,

    /// <summary>The workspace's id.</summary>
    Workspace,

    /// <summary>The agent's session.</summary>
    Session,

    /// <summary>The harness that the token is bound to.</summary>
    Harness,

    /// <summary>Whose the provider's credential is: <c>platform</c>, <c>user</c>, <c>project</c>.</summary>
    Credential,
}

/// <summary>Which exchanges are summed; null members hold for all.</summary>
/// <param name="UserId">Only this user's.</param>
/// <param name="ProjectId">Only this project's.</param>
/// <param name="WorkspaceId">Only this workspace's.</param>
public sealed record UsageFilter(string? UserId = null, string? ProjectId = null, string? WorkspaceId = null);

/// <summary>
/// Usage summed over the exchanges of one group. A sum is null where no exchange reported that figure; where only some did, it is the sum
/// of those, and the counts say how many are missing from it.
/// </summary>
/// <param name="Key">The day (<c>2026-11-21</c>), the name or the id; null for exchanges that have none.</param>
/// <param name="Exchanges">How many there were, however they ended.</param>
/// <param name="WithUnknownUsage">How many of them used tokens that nobody reported.</param>
/// <param name="Failed">How many ended otherwise than well.</param>
/// <param name="InputTokens">Input tokens, cached ones included whatever the provider's convention.</param>
/// <param name="OutputTokens">Output tokens, reasoning included.</param>
/// <param name="CacheReadTokens">Input tokens read from the provider's cache.</param>
/// <param name="CacheWriteTokens">Input tokens written to it.</param>
/// <param name="ReasoningTokens">Output tokens spent on reasoning.</param>
/// <param name="CostNanodollars">Cost, nanodollars.</param>
/// <param name="WithEstimatedCost">In how many the cost is an estimate, for the counts are partial or estimated, or part of the bill is unknown.</param>
/// <param name="WithUnknownCost">How many used tokens whose cost nobody knows: they are not in the sum.</param>
public sealed record UsageRow(
    string? Key,
    long Exchanges,
    long WithUnknownUsage,
    long Failed,
    long? InputTokens,
    long? OutputTokens,
    long? CacheReadTokens,
    long? CacheWriteTokens,
    long? ReasoningTokens,
    long? CostNanodollars,
    long WithEstimatedCost,
    long WithUnknownCost);
