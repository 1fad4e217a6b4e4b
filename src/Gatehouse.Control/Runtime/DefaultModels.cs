using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control.Runtime;

/// <summary>The model that a harness is told when its configuration names none.</summary>
public static class DefaultModels
{
    /// <summary>The variable that names it for harnesses that speak Messages.</summary>
    public const string AnthropicVariable = "AI_PROXY_DEFAULT_ANTHROPIC_MODEL";

    /// <summary>The variable that names it for all others.</summary>
    public const string OpenAiVariable = "AI_PROXY_DEFAULT_OPENAI_MODEL";

    private const string AnthropicModel = "claude-sonnet-4-5";
    private const string OpenAiModel = "gpt-5.5";

    /// <summary>What an administrator set for the harness, else the variable of its dialect, else the built-in one. Empty when that is set: the harness decides.</summary>
    public static string Of(Harness harness, Dialect dialect, PlatformSettings settings, Func<string, string?> environment) =>
        Chosen(harness, dialect, settings, environment) ?? (dialect == Dialect.Anthropic ? AnthropicModel : OpenAiModel);

    /// <summary>What an administrator or the environment says; null when neither does.</summary>
    public static string? Chosen(Harness harness, Dialect dialect, PlatformSettings settings, Func<string, string?> environment) =>
        settings.DefaultModels.TryGetValue(harness.Name, out var set) ? set : environment(dialect == Dialect.Anthropic ? AnthropicVariable : OpenAiVariable);
}
