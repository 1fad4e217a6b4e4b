using Gatehouse.Terminals;

namespace Gatehouse.Serve;

/// <summary>
/// The lines that start coding agents against this gateway: for one run, changing no file of theirs. Quoted for a POSIX shell, whole, so
/// that they can be copied as they are.
/// </summary>
internal static class AgentLines
{
    /// <summary>Stands for the token where it is not known any more.</summary>
    public const string Placeholder = "TOKEN";

    // Agents that find a vendor's key in the environment would send it along, or ask which one to use.
    private static readonly string[] s_vendorKeys = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY"];

    /// <summary>Prints them.</summary>
    public static void Print(Terminal terminal, Uri gateway, string token)
    {
        var root = gateway.AbsoluteUri.TrimEnd('/');
        terminal.Say();
        terminal.Say("Start an agent with it:");
        foreach (var (name, line) in All(root, token, Unset(Environment.GetEnvironmentVariable)))
        {
            terminal.Say();
            terminal.Say($"  {terminal.Ink.Faint($"# {name}")}");
            terminal.Say($"  {line}");
        }

        terminal.Say();
    }

    /// <summary>Each agent with its line.</summary>
    /// <param name="root">The gateway's address without a trailing slash.</param>
    /// <param name="token">What the agent presents.</param>
    /// <param name="unset">Put before each: takes vendors' keys out of the agent's environment; empty when there are none.</param>
    internal static IEnumerable<(string Agent, string Line)> All(string root, string token, string unset)
    {
        // Claude Code appends /v1/messages itself; as an auth token it is sent as a bearer and goes before a saved login.
        yield return ("Claude Code", $"{unset}ANTHROPIC_BASE_URL={root} ANTHROPIC_AUTH_TOKEN={token} claude");
        // Codex speaks Responses alone, appends /responses, and takes the token from the variable that env_key names.
        yield return ("Codex",
            $"{unset}GATEHOUSE_TOKEN={token} codex -c model_provider=gatehouse -c model_providers.gatehouse.name=Gatehouse "
            + $"-c model_providers.gatehouse.base_url={root}/v1 -c model_providers.gatehouse.wire_api=responses "
            + "-c model_providers.gatehouse.env_key=GATEHOUSE_TOKEN");
        // OpenCode's own providers, moved here: their model lists stay. Its packages append /messages and /responses.
        var options = $"{{\"options\":{{\"baseURL\":\"{root}/v1\",\"apiKey\":\"{token}\"}}}}";
        yield return (
            "OpenCode", $"{unset}OPENCODE_CONFIG_CONTENT='{{\"provider\":{{\"anthropic\":{options},\"openai\":{options}}}}}' opencode");
    }

    /// <summary>The command that hides vendors' keys from an agent; empty when none is set.</summary>
    internal static string Unset(Func<string, string?> environment)
    {
        var present = s_vendorKeys.Where(name => !string.IsNullOrEmpty(environment(name))).ToList();
        return present.Count == 0 ? "" : $"env {string.Join(' ', present.Select(name => $"-u {name}"))} ";
    }
}
