using Gatehouse.Clients;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Access;
using Gatehouse.Secrets;

namespace Gatehouse.Doctor.Agents;

/// <summary>A coding agent on this machine, as its own settings have it. Immutable.</summary>
/// <param name="Report">What was found of it.</param>
/// <param name="Gateway">Where it would reach this gateway.</param>
internal sealed record Agent(ClientReport Report, Uri Gateway)
{
    /// <summary>The agent's name in commands.</summary>
    public string Id => Report.Client.Id;

    /// <summary>The client that it is.</summary>
    public Client Client => Report.Client;

    /// <summary>The files that it takes settings from, strongest first; not those in which it keeps its own state.</summary>
    public IEnumerable<FoundFile> Settings => Report.Files.Where(file => file.Exists && file.Role is not SettingsRole.State);

    /// <summary>The files that a person writes, and so may we.</summary>
    public IEnumerable<FoundFile> Writable => Settings.Where(file => file.Role is SettingsRole.Person or SettingsRole.Project);

    /// <summary>The file by which it is meant to call this gateway, strongest first; null when none says so.</summary>
    public FoundFile? Ours => Settings.FirstOrDefault(IsOurs);

    /// <summary>Whether a file is meant to lead here: by its address, by the name of its provider, or because it presents a token of ours.</summary>
    public bool IsOurs(FoundFile file) => file.Role is not (SettingsRole.Managed or SettingsRole.State)
        && (file.Settings.Provider == ClientSetup.ProviderId || LeadsHere(file) || file.Settings.Credentials.Any(credential => IsToken(credential.Text)));

    /// <summary>Whether a file's address is this gateway's, whatever its path.</summary>
    public bool LeadsHere(FoundFile file) => ClientReport.LeadsTo(file.Settings.BaseAddress?.Text, Gateway);

    /// <summary>The strongest file that says something at a key; null when none does.</summary>
    public FoundFile? Saying(string key) => Settings.FirstOrDefault(file => file.Value(key) is { Length: > 0 });

    /// <summary>What the agent's settings say at a key, by the strongest file that says it.</summary>
    public string? Value(string key) => Saying(key)?.Value(key);

    /// <summary>The address that the agent has to be given to call this gateway.</summary>
    public string ExpectedAddress(FoundFile file) => Client.BaseAddress(Gateway, Speaks(file));

    /// <summary>An address as it may be shown: without a user's name and password, and without the values of a query.</summary>
    public static string Shown(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri)
        ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) + (uri.Query.Length > 0 ? "?…" : "")
        : "an address that is none";

    /// <summary>Whether a text is well-formed as a token of ours; whether it exists is another question.</summary>
    public static bool IsToken(Secret? text)
    {
        if (text is null) return false;
        Span<byte> ascii = stackalloc byte[TokenText.Length];
        return TokenText.Inspect(text.Reveal(), ascii) == TokenShape.WellFormed;
    }

    /// <summary>What the agent speaks, by one of its files.</summary>
    public Dialect Speaks(FoundFile file)
    {
        // Most agents append the same path whatever they speak; these two go by a word in their settings.
        var word = Id switch
        {
            "qwen-code" => file.Value($"providerProtocol.{ClientSetup.ProviderId}"),
            "droid" when file.Settings.BaseAddress?.Path is { } path => file.Value(path[..path.LastIndexOf('.')] + ".provider"),
            _ => null,
        };
        return word switch
        {
            "anthropic" => Dialect.Anthropic,
            "openai-responses" => Dialect.OpenAiResponses,
            null => Client.Dialects[0],
            _ => Dialect.OpenAiChat,
        };
    }
}
