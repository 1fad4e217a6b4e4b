using System.Collections;
using System.Collections.Immutable;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Configuration;

/// <summary>Everything that a configuration is made from besides its file. Fixed for the life of the process.</summary>
public sealed record ConfigInputs
{
    /// <summary>The file named by <c>--config</c>; null when none is. A named file must exist.</summary>
    public string? File { get; init; }

    /// <summary>The data directory, where <c>gatehouse.json</c> is looked for when no file is named.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Environment variables: <c>GATEHOUSE_CONFIG</c>, the overrides <c>GATEHOUSE__…</c>, and which provider keys are set.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Values given on the command line by key path: <c>listen</c> → <c>http://127.0.0.1:9000</c>. They override everything else.</summary>
    public IReadOnlyDictionary<string, string> Overrides { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// Names of providers that have a key in the vault. Presets among them come in like those whose key is in the environment.
    /// </summary>
    public ImmutableArray<string> VaultProviders { get; init; } = [];

    /// <summary>
    /// What this process listens on since its start, whatever the file says by now; empty before. What counts for loopback alone is judged by these too.
    /// </summary>
    public ImmutableArray<ListenAddress> Bound { get; init; } = [];

    /// <summary>Where a simulated provider listens, when one runs; empty otherwise.</summary>
    public ImmutableArray<ProviderEndpoint> Simulator { get; init; } = [];

    /// <summary>This process's environment variables.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        return variables;
    }
}
