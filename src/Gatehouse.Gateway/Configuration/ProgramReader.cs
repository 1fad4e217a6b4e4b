using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Configuration;

/// <summary>Reads the section <c>program</c> of a provider: the vendor's own program, run on this machine.</summary>
internal sealed class ProgramReader(ConfigReport report)
{
    /// <summary>What such a provider speaks. Nothing is sent to the address; it stands where others have theirs.</summary>
    public static FrozenDictionary<Dialect, ProviderEndpoint> Endpoints { get; } = new Dictionary<Dialect, ProviderEndpoint>
    {
        [Dialect.Anthropic] = new(Dialect.Anthropic, new Uri("http://claude-program.invalid"), AuthStyle.None),
    }.ToFrozenDictionary();

    /// <summary>The model names that lead to it when no rule says otherwise.</summary>
    public static ImmutableArray<string> Models { get; } = ["claude-*", "opus", "sonnet", "haiku"];

    /// <summary>The ids that are listed where the configuration names none: the newest of each tier that the prices know.</summary>
    public static ImmutableArray<string> Listed { get; } = ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"];

    private static readonly ImmutableArray<string> s_modes = ["client-tools", "agent"];
    private static readonly ImmutableArray<string> s_permissions = ["default", "acceptEdits", "plan", "dontAsk", "bypassPermissions"];

    /// <summary>Reads it; null when the provider is no program.</summary>
    public ProgramSettings? Read(ConfigSection provider)
    {
        if (provider.Node("program") is null) return null;
        foreach (var key in (string[])["preset", "endpoints", "apiKeyEnv", "answers"])
        {
            if (provider.Node(key) is not null) provider.Fault(key, "has no meaning for a provider that is a program", "Take it out");
        }

        var section = provider.Section("program");
        var profiles = Profiles(section);
        var settings = new ProgramSettings(
            section.Text("path") ?? "claude",
            section.Text("workingFolder"),
            profiles,
            section.Text("defaultProfile"),
            (int)section.Whole("concurrency", 10, 1, 1000),
            (int)section.Whole("maxProcesses", 20, 1, 1000),
            (int)section.Whole("warm", 2, 0, 100),
            section.Seconds("idleSeconds", TimeSpan.FromMinutes(10), 1, 86_400))
        {
            PermissionMode = Word(section, "permissionMode", s_permissions),
            Loop = Loop(section),
            Hold = section.Seconds("holdSeconds", TimeSpan.FromHours(1), 1, 86_400),
            Lifetime = section.Seconds("lifetimeSeconds", TimeSpan.FromDays(1), 1, 604_800),
            Memory = section.Whole("memoryMegabytes", 4096, 200, 1 << 20) << 20,
            Models = section.Node("models") is null ? Listed : [.. section.Texts("models").Select(static model => model.Text)],
        };
        if (settings.MaxProcesses < settings.Concurrency)
            section.Fault("maxProcesses", $"is {settings.MaxProcesses}, below the {settings.Concurrency} turns that may run at once", "Raise it, or lower concurrency");
        if (settings.DefaultProfile is { } named && profiles.All(profile => profile.Name != named))
            section.Fault("defaultProfile", $"is '{named}', which is no profile", "Name one of the profiles");
        if (settings.Loop is not null && profiles.FirstOrDefault(static profile => profile.WorkingFolder is not null) is { } own)
            section.Fault("profiles", $"gives '{own.Name}' a workingFolder, but in agent mode the tools work in the program's", "Take it out, or make another provider for it");
        section.Finish();
        return settings;
    }

    private static ProgramLoop? Loop(ConfigSection section)
    {
        var isAgent = Word(section, "mode", s_modes) == "agent";
        foreach (var key in (string[])["agentTurns", "commands", "commandSeconds"])
        {
            if (section.Node(key) is not null && !isAgent) section.Fault(key, "has no meaning where the tools are the clients'", "Take it out, or set mode to \"agent\"");
        }

        if (!isAgent) return null;
        if (section.Text("workingFolder") is not { } folder)
            section.Fault("workingFolder", "is missing: in agent mode the program works on files, and those in it are all it gets", "Name the folder");
        else if (!Path.IsPathFullyQualified(folder))
            section.Fault("workingFolder", "is no absolute path, and agent mode reads and writes what is in it", "Write it from the root");
        return new ProgramLoop(
            (int)section.Whole("agentTurns", 100, 1, 100_000), section.Bool("commands", true), section.Seconds("commandSeconds", TimeSpan.FromMinutes(2), 1, 3_600));
    }

    private static string? Word(ConfigSection section, string key, ImmutableArray<string> words)
    {
        if (section.Text(key) is not { } word || words.Contains(word)) return section.Text(key);
        section.Fault(key, $"is '{word}', which is none of {string.Join(", ", words)}", "Write one of them");
        return null;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private ImmutableArray<ProgramProfile> Profiles(ConfigSection program)
    {
        var profiles = ImmutableArray.CreateBuilder<ProgramProfile>();
        foreach (var (name, path, node) in program.Entries("profiles"))
        {
            var section = new ConfigSection(node, path, "providers.*.program.profiles.*", report);
            var url = section.Text("baseUrl");
            Uri? address = null;
            if (url is not null && (!Uri.TryCreate(url, UriKind.Absolute, out address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0))
                section.Fault("baseUrl", "is not an http or https address", "Write for example https://gateway.example.com");
            if (!IsName(name)) program.Fault("profiles", $"has the account '{name}', whose name no header can carry", "Take letters, digits, dots, dashes and underscores, 64 at most");
            var (key, token) = (section.Text("apiKeyEnv"), section.Text("oauthTokenEnv"));
            // Which of them counts differs between the program's versions.
            if (key is not null && token is not null) section.Fault("oauthTokenEnv", "stands beside apiKeyEnv", "Take one of them out: an account has one login");
            profiles.Add(new ProgramProfile(name, section.Text("configFolder"), key, token, address) { WorkingFolder = section.Text("workingFolder") });
            section.Finish();
        }

        return profiles.ToImmutable();
    }
}
