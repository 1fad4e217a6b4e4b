using System.Text;

namespace Gatehouse.Tests.Doctor;

/// <summary>The faults that agents' settings are known for, each with the check that has to find it.</summary>
internal static class AgentFaults
{
    private const string ClaudeAddress = "\"ANTHROPIC_BASE_URL\": \"http://127.0.0.1:8484\"";
    private const string ClaudeToken = "\"ANTHROPIC_AUTH_TOKEN\": \"{TOKEN}\"";
    private const string ClaudeOther = "\"OTHER\": \"1\"";
    private const string CodexAddress = "base_url = \"http://127.0.0.1:8484/v1\"";
    private const string CodexAuth = "auth = { command = \"cat\", args = [\"{HOME}/.codex/token\"] }";

    public static IEnumerable<AgentFault> All =>
    [
        new() { Check = "agent-settings", Name = "a fault of syntax", Agent = "claude-code", From = "{\n  // mine", To = "{ oops\n  // mine", Evidence = "~/.claude/settings.json: line 1" },
        new() { Check = "agent-settings", Name = "a key twice", Agent = "codex", From = "model = \"gpt-5.5\"", To = "model = \"gpt-5.5\"\nmodel = \"x\"", Evidence = "config.toml: line 4" },
        new() { Check = "agent-address", Name = "another port", Agent = "claude-code", From = "127.0.0.1:8484", To = "127.0.0.1:9999", Evidence = "env.ANTHROPIC_BASE_URL is http://127.0.0.1:9999", IsMended = true },
        new() { Check = "agent-address", Name = "another machine", Agent = "codex", From = "127.0.0.1:8484", To = "10.0.0.1:8484", Evidence = "this gateway is at http://127.0.0.1:8484", IsMended = true },
        new() { Check = "agent-address", Name = "no address", Agent = "claude-code", From = ClaudeAddress + ",\n    ", To = "", Evidence = "names no address", IsMended = true,
            Mended = "\"ANTHROPIC_AUTH_TOKEN\": \"{TOKEN}\",\n    \"ENABLE_TOOL_SEARCH\": \"true\",\n    \"OTHER\": \"1\",\n    \"ANTHROPIC_BASE_URL\": \"http://127.0.0.1:8484\"", },
        new() { Check = "agent-base-url", Name = "v1 too much", Agent = "claude-code", From = "127.0.0.1:8484\"", To = "127.0.0.1:8484/v1\"", IsWarning = true, Evidence = "calls /v1/v1/messages. This gateway overlooks", IsMended = true },
        new() { Check = "agent-base-url", Name = "v1 missing", Agent = "codex", From = ":8484/v1", To = ":8484", IsWarning = true, Evidence = "calls /responses. This gateway overlooks", IsMended = true },
        new() { Check = "agent-base-url", Name = "v1 twice", Agent = "codex", From = ":8484/v1", To = ":8484/v1/v1/", IsWarning = true, Evidence = "This gateway overlooks", IsMended = true },
        new() { Check = "agent-base-url", Name = "v1 missing in OpenCode", Agent = "opencode", From = ":8484/v1", To = ":8484", IsWarning = true, Evidence = "calls /messages. This gateway overlooks", IsMended = true },
        new() { Check = "agent-base-url", Name = "v1 twice", Agent = "claude-code", From = "127.0.0.1:8484\"", To = "127.0.0.1:8484/v1/v1\"", Evidence = "answered with 404", IsMended = true },
        new() { Check = "agent-base-url", Name = "a path of another proxy's", Agent = "codex", From = ":8484/v1", To = ":8484/api/provider/openai/v1", Evidence = "answered with 404", IsMended = true },
        new() { Check = "agent-base-url", Name = "a query", Agent = "claude-code", From = "127.0.0.1:8484\"", To = "127.0.0.1:8484?key=canary\"", Evidence = "answered with 404", IsMended = true },
        new() { Check = "agent-token", Name = "a revoked token", Agent = "claude-code", From = "{TOKEN}", To = "{REVOKED}", Evidence = "'lost'" },
        new() { Check = "agent-token", Name = "a token of nobody", Agent = "opencode", From = "{TOKEN}", To = "ghc_0000000000000000000000000000000000000000000000000", Evidence = "no token of Gatehouse" },
        new() { Check = "agent-token", Name = "a vendor's key", Agent = "claude-code", From = "{TOKEN}", To = "sk-ant-canary-1234567890", Evidence = "no token of Gatehouse" },
        new() { Check = "agent-token", Name = "nothing", Agent = "claude-code", From = ClaudeToken + ",\n    ", To = "", Evidence = "presents nothing" },
        new() { Check = "agent-token", Name = "a token file that is gone", Agent = "codex", From = "{HOME}/.codex/token", To = "{HOME}/.codex/gone", Evidence = "is not there or holds no token" },
        new() { Check = "agent-credentials", Name = "a key beside the token", Agent = "claude-code", From = ClaudeOther, To = "\"ANTHROPIC_API_KEY\": \"sk-ant-canary-1234567890\",\n    " + ClaudeOther, Evidence = "env.ANTHROPIC_API_KEY is set beside env.ANTHROPIC_AUTH_TOKEN", IsMended = true },
        new() { Check = "agent-credentials", Name = "a token in place beside a command", Agent = "codex", From = CodexAuth, To = "experimental_bearer_token = \"sk-canary-1234567890\"\n" + CodexAuth, Evidence = "experimental_bearer_token", IsMended = true },
        new() { Check = "agent-credentials", Name = "a key of the project's own", Agent = "claude-code", Files = [("project/.claude/settings.json", "{ \"env\": { \"ANTHROPIC_API_KEY\": \"sk-ant-canary-1234567890\" } }")], Evidence = "project/.claude/settings.json" },
        new() { Check = "agent-helper", Name = "beside the token", Agent = "claude-code", From = "\"hooks\"", To = "\"apiKeyHelper\": \"/usr/bin/print-key\",\n  \"hooks\"", IsWarning = true, Evidence = "beside env.ANTHROPIC_AUTH_TOKEN", IsMended = true },
        new() { Check = "agent-helper", Name = "of the person's own", Agent = "claude-code", From = ClaudeToken + ",", To = "\"MORE\": \"2\",", Files = [("project/.claude/settings.local.json", "{ \"apiKeyHelper\": \"/usr/bin/print-key\" }")], IsWarning = true, Evidence = "a command of your own" },
        new() { Check = "agent-variable", Name = "not set", Agent = "codex", From = CodexAuth, To = "env_key = \"GATEHOUSE_TOKEN\"", Evidence = "names GATEHOUSE_TOKEN" },
        new() { Check = "agent-models", Name = "a slot left behind", Agent = "claude-code", From = ClaudeOther, To = "\"ANTHROPIC_DEFAULT_HAIKU_MODEL\": \"glm-4.5-air\",\n    " + ClaudeOther, Evidence = "names glm-4.5-air", IsMended = true },
        new() { Check = "agent-models", Name = "a slot with its label", Agent = "claude-code", From = ClaudeOther, To = "\"ANTHROPIC_DEFAULT_OPUS_MODEL\": \"kimi-k2\",\n    \"ANTHROPIC_DEFAULT_OPUS_MODEL_NAME\": \"Kimi\",\n    " + ClaudeOther, Evidence = "names kimi-k2", IsMended = true },
        new() { Check = "agent-models", Name = "of Codex", Agent = "codex", From = "model = \"gpt-5.5\"", To = "model = \"some-model\"", Evidence = "names some-model" },
        new() { Check = "agent-models", Name = "of OpenCode", Agent = "opencode", From = "\"gatehouse/claude-sonnet-4-5\"", To = "\"gatehouse/some-model\"", Evidence = "names some-model" },
        new() { Check = "agent-elsewhere", Name = "Bedrock", Agent = "claude-code", From = ClaudeOther, To = "\"CLAUDE_CODE_USE_BEDROCK\": \"1\",\n    " + ClaudeOther, Evidence = "CLAUDE_CODE_USE_BEDROCK", IsMended = true },
        new() { Check = "agent-shell", Name = "a key in the shell", Agent = "claude-code", Shell = [("ANTHROPIC_API_KEY", "sk-ant-canary-1234567890")], Evidence = "ANTHROPIC_API_KEY is set in this shell" },
        new() { Check = "agent-shell", Name = "a key in a start-up file", Agent = "claude-code", Files = [(".bashrc", "# mine\nalias l=ls\nexport ANTHROPIC_API_KEY=sk-ant-canary-1234567890\n")], Evidence = "~/.bashrc, line 3" },
        new() { Check = "agent-shell", Name = "Vertex in fish", Agent = "claude-code", Files = [(".config/fish/config.fish", "set -gx CLAUDE_CODE_USE_VERTEX 1\n")], Evidence = "config.fish, line 1" },
        new() { Check = "agent-shell", Name = "a model in the shell", Agent = "claude-code", Shell = [("ANTHROPIC_MODEL", "glm-4.5")], Evidence = "names glm-4.5" },
        new() { Check = "agent-shell", Name = "another file for OpenCode", Agent = "opencode", Shell = [("OPENCODE_CONFIG_CONTENT", "{}")], Evidence = "OPENCODE_CONFIG_CONTENT" },
        new() { Check = "agent-shell", Name = "another token for Qwen Code", Agent = "qwen-code", Shell = [("GATEHOUSE_TOKEN", "{REVOKED}")], Evidence = "another token" },
        new() { Check = "agent-managed", Name = "of the machine", Agent = "claude-code", Files = [("machine/etc/claude-code/managed-settings.json", "{ \"env\": { \"ANTHROPIC_BASE_URL\": \"https://proxy.example\" } }")], Evidence = "managed-settings.json goes before" },
        new() { Check = "agent-managed", Name = "of the project", Agent = "claude-code", Files = [("project/.claude/settings.json", "{ \"env\": { \"ANTHROPIC_BASE_URL\": \"https://proxy.example\" } }")], Evidence = "project/.claude/settings.json goes before" },
        new() { Check = "agent-shared-token", Name = "in the project", Agent = "claude-code", Files = [("project/.claude/settings.json", "{ \"env\": { \"ANTHROPIC_AUTH_TOKEN\": \"{TOKEN}\" } }")], Evidence = "shared with the project" },
        new() { Check = "agent-login", Name = "a key of the login", Agent = "claude-code", Files = [(".claude.json", "{ \"primaryApiKey\": \"sk-ant-canary-1234567890\" }")], IsWarning = true, Evidence = "primaryApiKey" },
        new() { Check = "agent-tool-search", Name = "off", Agent = "claude-code", From = "\"ENABLE_TOOL_SEARCH\": \"true\"", To = "\"ENABLE_TOOL_SEARCH\": \"false\"", IsWarning = true, Evidence = "Tool search is off", IsMended = true },
        new() { Check = "agent-tool-search", Name = "on where it can't be", Agent = "claude-code", From = ClaudeOther, To = "\"ANTHROPIC_MODEL\": \"qwen3-coder\",\n    " + ClaudeOther, Evidence = "do not survive", IsMended = true, Mended = "gone" },
        new() { Check = "agent-leftovers", Name = "a placeholder of cc-switch", Agent = "claude-code", From = ClaudeOther, To = "\"ANTHROPIC_API_KEY\": \"PROXY_MANAGED\",\n    " + ClaudeOther, IsWarning = true, Evidence = "cc-switch", IsMended = true },
        new() { Check = "agent-leftovers", Name = "a file of claude-code-router", Agent = "claude-code", Files = [(".claude/settings.json.ccr-original", "{}")], IsWarning = true, Evidence = "claude-code-router" },
        new() { Check = "codex-wire-api", Name = "ours", Agent = "codex", From = "\"responses\"", To = "\"chat\"", Evidence = "is chat", IsMended = true },
        new() { Check = "codex-wire-api", Name = "another's", Agent = "codex", From = "[mcp_servers.fetch]", To = "[model_providers.old]\nname = \"Old\"\nbase_url = \"https://old.example/v1\"\nwire_api = \"chat\"\n\n[mcp_servers.fetch]", Evidence = "is chat" },
        new() { Check = "codex-provider", Name = "a reserved id", Agent = "codex", From = "[mcp_servers.fetch]", To = "[model_providers.openai]\nname = \"Mine\"\nbase_url = \"https://old.example/v1\"\n\n[mcp_servers.fetch]", Evidence = "an id of Codex itself" },
        new() { Check = "codex-provider", Name = "a table that is gone", Agent = "codex", From = "model_provider = \"gatehouse\"", To = "model_provider = \"gone\"", Evidence = "no table of that name" },
        new() { Check = "codex-provider", Name = "a profile that goes before", Agent = "codex", From = "model = \"gpt-5.5\"", To = "model = \"gpt-5.5\"\nprofile = \"work\"\nprofiles.work.model_provider = \"openai\"", Evidence = "the profile 'work'" },
        new() { Check = "codex-provider", Name = "another name for this gateway", Agent = "codex", From = "model_provider = \"gatehouse\"", To = "model_provider = \"mine\"\nmodel_providers.mine = { name = \"Mine\", base_url = \"http://127.0.0.1:8484/v1\", wire_api = \"responses\", auth = { command = \"cat\", args = [\"{HOME}/.codex/token\"] } }", IsWarning = true, Evidence = "called as 'mine'" },
        new() { Check = "codex-websockets", Name = "on", Agent = "codex", From = "supports_websockets = false", To = "supports_websockets = true", IsWarning = true, Evidence = "no WebSockets", IsMended = true, Mended = "" },
        new() { Check = "subscription", Name = "Claude's ended", Agent = "claude-code", Files = [(".claude/.credentials.json", "{ \"claudeAiOauth\": { \"accessToken\": \"canary\", \"expiresAt\": 1600000000000 } }")], IsWarning = true, Evidence = "ran out on 2020-09-13" },
        new() { Check = "subscription", Name = "Codex's ended", Agent = "codex", Files = [(".codex/auth.json", $$"""{ "last_refresh": "2025-01-01T00:00:00Z", "tokens": { "access_token": "{{Jwt(1_700_000_000)}}", "refresh_token": "canary" } }""")], IsWarning = true, Evidence = "ran out on 2023-11-14" },
    ];

    private static string Jwt(long expires) => $"e30.{Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"exp":{{expires}}}""")).TrimEnd('=').Replace('+', '-').Replace('/', '_')}.sig";
}
