using Gatehouse.Catalog;
using Gatehouse.Dialects;

namespace Gatehouse.Gateway.Tenancy;

/// <summary>Who named a default model.</summary>
public enum DefaultModelSource : byte
{
    /// <summary>An administrator, in the platform's settings.</summary>
    Admin,

    /// <summary>The configuration file: <c>workspaces.defaultModels</c>.</summary>
    Configuration,

    /// <summary>The environment.</summary>
    Environment,

    /// <summary>Nobody; the program has one.</summary>
    BuiltIn,
}

/// <summary>
/// The model that a harness is told where its configuration names none: the administrator's, else the configuration's, else the
/// environment's, else the program's own. An empty name at any of these means that none is told. It is only told: a request names its model
/// itself.
/// </summary>
/// <param name="Name">The model; null when the harness is to be told none.</param>
/// <param name="Source">Who named it.</param>
public sealed record DefaultModel(string? Name, DefaultModelSource Source)
{
    /// <summary>The variable for harnesses that are spoken to in Anthropic Messages.</summary>
    public const string AnthropicVariable = "AI_PROXY_DEFAULT_ANTHROPIC_MODEL";

    /// <summary>The variable for harnesses that are spoken to in an OpenAI dialect.</summary>
    public const string OpenAiVariable = "AI_PROXY_DEFAULT_OPENAI_MODEL";

    private const string BuiltInAnthropic = "claude-sonnet-4-5";
    private const string BuiltInOpenAi = "gpt-5.5";

    /// <summary>The default of a harness.</summary>
    /// <param name="harness">The harness.</param>
    /// <param name="dialect">The one of its dialects that it is set up to speak.</param>
    /// <param name="settings">What the administrator set.</param>
    /// <param name="configured">The configuration's models by harness.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public static DefaultModel Of(
        Harness harness, Dialect dialect, PlatformSettings settings, IReadOnlyDictionary<string, string> configured, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(harness);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(configured);
        ArgumentNullException.ThrowIfNull(environment);
        if (settings.DefaultModels.TryGetValue(harness.Name, out var admin)) return Named(admin, DefaultModelSource.Admin);
        if (configured.TryGetValue(harness.Name, out var written)) return Named(written, DefaultModelSource.Configuration);
        var isAnthropic = dialect == Dialect.Anthropic;
        return environment(isAnthropic ? AnthropicVariable : OpenAiVariable) is { } set
            ? Named(set, DefaultModelSource.Environment)
            : new DefaultModel(isAnthropic ? BuiltInAnthropic : BuiltInOpenAi, DefaultModelSource.BuiltIn);
    }

    private static DefaultModel Named(string name, DefaultModelSource source) => new(name.Trim() is { Length: > 0 } model ? model : null, source);
}
