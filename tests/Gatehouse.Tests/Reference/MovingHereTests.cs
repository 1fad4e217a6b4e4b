using System.Text.RegularExpressions;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Reference;

/// <summary>Whoever comes from another proxy finds each of its variables, and what the page names in its place is there.</summary>
public sealed partial class MovingHereTests
{
    private static readonly string s_page = Read("moving-here.md");
    private static readonly string s_configuration = Read("configuration.md");

    /// <summary>The variables that the three proxies read, section by section.</summary>
    public static TheoryData<string, string[]> Known => new()
    {
        {
            "claude-max-proxy",
            ["CLAUDE_PROXY_PORT", "CLAUDE_PROXY_HOST", "CLAUDE_PROXY_IDLE_TIMEOUT_SECONDS", "CLAUDE_PROXY_PASSTHROUGH", "CLAUDE_PROXY_WORKDIR", "CLAUDE_PROXY_MAX_CONCURRENT",
                "CLAUDE_PROXY_DEBUG", "OPENCODE_CLAUDE_PROVIDER_DEBUG", "OPENCODE_CLAUDE_PROVIDER_STREAM_DEBUG"]
        },
        { "RockBot's ClaudeCodeProxy", ["PORT", "ANTHROPIC_API_BASE", "DEFAULT_MODEL", "ANTHROPIC_API_KEY", "CLAUDE_ACCESS_TOKEN", "CLAUDE_CREDENTIALS_PATH"] },
        {
            "SAM's AI proxy",
            ["AI_PROXY_ENABLED", "AI_PROXY_DEFAULT_ANTHROPIC_MODEL", "AI_PROXY_DEFAULT_OPENAI_MODEL", "AI_PROXY_DEFAULT_MODEL", "AI_PROXY_RATE_LIMIT_RPM",
                "AI_PROXY_RATE_LIMIT_WINDOW_SECONDS", "AI_PROXY_DAILY_INPUT_TOKEN_LIMIT", "AI_PROXY_DAILY_OUTPUT_TOKEN_LIMIT", "AI_PROXY_MAX_INPUT_TOKENS_PER_REQUEST",
                "AI_PROXY_STREAM_TIMEOUT_MS", "AI_PROXY_BILLING_MODE"]
        },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void Every_variable_of_a_proxy_has_its_row_and_there_are_no_others(string proxy, string[] variables) =>
        Rows(proxy).Select(row => row.Variable).Order(StringComparer.Ordinal).ShouldBe(variables.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Known))]
    public void What_stands_in_a_variables_place_is_there(string proxy, string[] variables)
    {
        variables.ShouldNotBeEmpty();
        foreach (var (variable, here) in Rows(proxy))
        {
            if (here is "none") continue;
            if (here is "honoured") Sources().ShouldContain(text => text.Contains($"\"{variable}\"", StringComparison.Ordinal), variable);
            else if (here.StartsWith("serve ", StringComparison.Ordinal)) File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "commands.md")).ShouldContain(here[6..]);
            else s_configuration.ShouldContain($"| `{here.Replace("providers.P.", "providers.*.", StringComparison.Ordinal)}` |", customMessage: variable);
        }
    }

    [Theory]
    [InlineData("providers.*.program.concurrency", "`10`")]
    [InlineData("providers.*.program.agentTurns", "`100`")]
    [InlineData("providers.*.program.mode", "`client-tools`")]
    public void What_was_the_default_there_is_it_here(string key, string value) =>
        s_configuration.Split('\n').Single(line => line.StartsWith($"| `{key}` |", StringComparison.Ordinal)).Split('|')[3].Trim().ShouldBe(value);

    private static IEnumerable<(string Variable, string Here)> Rows(string proxy)
    {
        var from = s_page.IndexOf($"\n## {proxy}\n", StringComparison.Ordinal);
        from.ShouldBeGreaterThan(0);
        var end = s_page.IndexOf("\n## ", from + 4, StringComparison.Ordinal);
        return Row().Matches(end < 0 ? s_page[from..] : s_page[from..end]).Select(match => (match.Groups[1].Value, match.Groups[2].Value.Trim('`')));
    }

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories)
        .Where(path => Path.GetExtension(path) is ".cs" or ".json" && !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal))
        .Select(File.ReadAllText);

    private static string Read(string page) => File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", page));

    [GeneratedRegex(@"^\| `([A-Z_]+)` \| ([^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
