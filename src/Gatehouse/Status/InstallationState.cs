using System.Text.Json;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Installations;
using Gatehouse.Processes;
using Gatehouse.Storage.Sqlite;
using Gatehouse.Tokens;

namespace Gatehouse.Status;

/// <summary>What can be seen of an installation from outside its server. Immutable.</summary>
internal sealed record InstallationState
{
    /// <summary>The data directory.</summary>
    public required string Directory { get; init; }

    /// <summary>The process that holds it; null when none does.</summary>
    public required RunningServer? Server { get; init; }

    /// <summary>Where the configuration is read from.</summary>
    public required ConfigLocation Location { get; init; }

    /// <summary>The configuration as this process would load it.</summary>
    public required ConfigResult Config { get; init; }

    /// <summary>The provider keys that a server with this process's environment would use.</summary>
    public CredentialTable Credentials { get; private init; } = CredentialTable.Empty;

    /// <summary>How many tokens open the data plane now, and how many there are in all; null without a database.</summary>
    public (int Good, int All)? Tokens { get; private init; }

    /// <summary>Why callers without a token are refused although they are meant to be let in; null when they are let in, or not meant to be.</summary>
    public string? AnonymousFault { get; private init; }

    /// <summary>The SQLite that this program uses here.</summary>
    public NativeSqliteLibrary Sqlite { get; } = NativeSqlite.Use();

    /// <summary>Whether a server answers.</summary>
    public bool IsServing => Server is { Health: not null };

    /// <summary>Why the database can't be read; null when it can or there is none.</summary>
    public string? StoreFault { get; init; }

    /// <summary>
    /// What the running server says of the configuration, whose environment may hold keys and values that this process does not see; without one, what this
    /// process finds.
    /// </summary>
    public IReadOnlyList<string> ConfigErrors => Section("configuration") is not { } running ? [.. Config.Problems.Select(p => p.ToString())]
        : running.TryGetProperty("reload_error", out var error) ? error.GetString()!.Split('\n') : [];

    /// <summary>Whether programs on this machine need no token.</summary>
    public bool IsAnonymous => Section("configuration") is { } running
        ? running.TryGetProperty("anonymous", out _)
        : Config.Config?.Auth.Anonymous == AnonymousAccess.Loopback;

    /// <summary>Adds what the database holds.</summary>
    public async Task<InstallationState> WithStoredAsync(Installation installation, CancellationToken cancellation)
    {
        var tokens = await installation.Tokens.ListAsync(cancellation);
        var now = TimeProvider.System.GetUtcNow();
        return this with
        {
            Tokens = (tokens.Count(t => IsGood(t, now)), tokens.Count),
            AnonymousFault = IsAnonymous ? AnonymousToken.Warning(Config.Config, tokens, now) : null,
            Credentials = Config.Config is { } config
                ? await ProviderKeys.TableAsync(installation, config, cancellation) : CredentialTable.Empty,
        };
    }

    /// <summary>What a person should look at.</summary>
    public IEnumerable<string> Warnings()
    {
        if (StoreFault is { } fault) yield return $"What the database holds can't be shown: {fault}";
        if (Server is { Health: null }) yield return $"Process {Server.ProcessId} holds the data directory but does not answer.";
        foreach (var error in ConfigErrors) yield return $"The configuration is at fault, and {(IsServing ? "the one before it is in force" : "a server would not start")}: {error}";
        if (Section("unreadable_rows")?.GetInt32() is > 0 and var rows)
            yield return $"{rows} stored credentials or settings can't be used: their rows were altered. 'gatehouse credential list', with --owned too, and 'gatehouse settings show' tell which.";
        if (AnonymousFault is { } refused) yield return refused;
        foreach (var problem in LoginProblems()) yield return problem;
        if (Section("ledger") is { } ledger && ledger.TryGetProperty("degraded", out var degraded))
            yield return $"The ledger is late: {degraded.GetString()}";
    }

    // The server's own word while it runs: it may see another file than this process does.
    private IEnumerable<string> LoginProblems() => Section("providers") is { } served
        ? served.EnumerateArray()
            .Where(static provider => provider.TryGetProperty("login", out var login) && login.TryGetProperty("problem", out _))
            .Select(static provider => provider.GetProperty("login").GetProperty("problem").GetString()!)
        : (Config.Config?.Providers ?? []).Select(provider => Credentials.LoginOf(provider.Name)?.Problem).OfType<string>();

    /// <summary>A part of the server's own report; null when it does not run or does not say.</summary>
    public JsonElement? Section(string name) =>
        Server?.Health is { } health && health.TryGetProperty(name, out var section) ? section : null;

    private static bool IsGood(AccessToken token, DateTimeOffset now) =>
        token.RevokedAt is null && !(token.ExpiresAt <= now) && token.Scopes.HasFlag(TokenScopes.Proxy);
}
