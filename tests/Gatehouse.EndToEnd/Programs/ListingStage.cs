using System.Collections.Concurrent;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>
/// A gateway with two programs: of one the configuration names the models to list, of the other it does not. Neither program is there: a list is answered without it.
/// </summary>
public sealed class ListingStage : Stage
{
    private readonly ConcurrentDictionary<string, Task<string>> _tokens = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    protected override string Models => """
        { "match": "claude-next-*", "targets": [ { "provider": "named" } ] },
        { "match": "claude-*-5-5", "targets": [ { "provider": "usual" } ] },
        """;

    /// <inheritdoc/>
    protected override string Providers(Uri simulator) => """
        , "named": { "program": { "path": "no-such-claude", "models": ["claude-next-large", "claude-next-small", "claude-elsewhere"] } }
        , "usual": { "program": { "path": "no-such-claude" } }
        """;

    /// <summary>A token for the models that a pattern names; the stage's own for all.</summary>
    internal Task<string> TokenAsync(string? allowed) => allowed is null ? Task.FromResult(Token) : _tokens.GetOrAdd(allowed, CreateAsync);

    private async Task<string> CreateAsync(string allowed)
    {
        var created = await CommandAsync("token", "create", "--name", $"listing {allowed}", "--models", allowed);
        created.Code.ShouldBe(0, created.Story);
        return created.Output.Trim();
    }
}
