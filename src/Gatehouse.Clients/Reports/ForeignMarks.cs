using System.Collections.Immutable;

namespace Gatehouse.Clients.Reports;

/// <summary>Recognises what other tools that switch providers leave in a client's settings: a placeholder, a provider's name, an address, a file.</summary>
internal static class ForeignMarks
{
    private static readonly (string Tool, string Word)[] _credentials =
    [
        ("cc-switch", "PROXY_MANAGED"), ("FlowGate", "your-gateway-token"), ("quotio", "quotio-"), ("claude-code-router", "any-string-is-ok"),
    ];

    private static readonly (string Tool, string Id)[] _providers =
    [
        ("cc-switch", "cc-switch-official"), ("cc-switch", "cc-switch"), ("quotio", "quotio"), ("quotio", "cliproxyapi"), ("FlowGate", "flowgate"),
        ("claude-code-router", "ccr"), ("claude-code-router", "claude-code-router"),
    ];

    // The ports that the tools' own proxies listen on unless told otherwise, on this machine.
    private static readonly (string Tool, int Port)[] _ports = [("cc-switch", 15721), ("claude-code-router", 3456), ("CLIProxyAPI", 8317), ("LiteLLM", 4000)];

    private static readonly (string Tool, string Ending)[] _files =
        [("claude-code-router", ".ccr-original"), ("claude-code-router", ".ccr-original-missing")];

    /// <summary>The marks in and beside a client's files.</summary>
    public static ImmutableArray<ForeignMark> Of(IEnumerable<FoundFile> files) => [.. files.SelectMany(file => In(file).Concat(Beside(file))).Distinct()];

    private static IEnumerable<ForeignMark> In(FoundFile file)
    {
        foreach (var credential in file.Settings.Credentials)
        {
            if (credential.Text is not { } text) continue;
            foreach (var (tool, word) in _credentials.Where(mark => text.Reveal().StartsWith(mark.Word, StringComparison.Ordinal)))
                yield return new ForeignMark(tool, $"{file.Path}: {credential.Path}");
        }

        foreach (var (tool, _) in _providers.Where(mark => mark.Id.Equals(file.Settings.Provider, StringComparison.OrdinalIgnoreCase)))
            yield return new ForeignMark(tool, $"{file.Path}: provider {file.Settings.Provider}");
        if (file.Settings.BaseAddress is { } address && Uri.TryCreate(address.Text, UriKind.Absolute, out var uri) && uri.IsLoopback)
        {
            foreach (var (tool, _) in _ports.Where(mark => mark.Port == uri.Port)) yield return new ForeignMark(tool, $"{file.Path}: {address.Path}");
        }
    }

    private static IEnumerable<ForeignMark> Beside(FoundFile file) =>
        _files.Where(mark => File.Exists(file.Path + mark.Ending)).Select(mark => new ForeignMark(mark.Tool, file.Path + mark.Ending));
}
