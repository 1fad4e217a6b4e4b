namespace Gatehouse.Tests.Doctor;

/// <summary>Settings of agents that work, written as people write them.</summary>
internal static class GoodSettings
{
    public const string ClaudeFile = ".claude/settings.json";
    public const string CodexFile = ".codex/config.toml";
    public const string OpenCodeFile = "config/opencode/opencode.json";
    public const string QwenFile = ".qwen/settings.json";

    public const string Claude =
        """
        {
          // mine
          "env": {
            "ANTHROPIC_BASE_URL": "http://127.0.0.1:8484",
            "ANTHROPIC_AUTH_TOKEN": "{TOKEN}",
            "ENABLE_TOOL_SEARCH": "true",
            "OTHER": "1"
          },
          "hooks": { "Stop": [ { "command": "true" } ] }, /* keep */
          "permissions": {"allow":[]}
        }
        """;

    public const string Codex =
        """
        # mine
        model_provider = "gatehouse"   # which one
        model = "gpt-5.5"

        [model_providers.gatehouse]
        name = "Gatehouse"
        base_url = "http://127.0.0.1:8484/v1"
        wire_api = "responses"
        supports_websockets = false
        auth = { command = "cat", args = ["{HOME}/.codex/token"] }

        [mcp_servers.fetch]
        command = "uvx"
        """;

    public const string OpenCode =
        """
        {
          "$schema": "https://opencode.ai/config.json",
          "provider": {
            "gatehouse": {
              "npm": "@ai-sdk/anthropic",
              "options": { "baseURL": "http://127.0.0.1:8484/v1", "apiKey": "{TOKEN}" },
              "models": { "claude-sonnet-4-5": {} }
            }
          },
          "model": "gatehouse/claude-sonnet-4-5"
        }
        """;

    public const string Qwen =
        """
        {
          "providerProtocol": { "gatehouse": "openai" },
          "modelProviders": { "gatehouse": [ { "id": "qwen3-coder", "baseUrl": "http://127.0.0.1:8484/v1", "envKey": "GATEHOUSE_TOKEN" } ] },
          "security": { "auth": { "selectedType": "openai" } },
          "model": { "name": "qwen3-coder", "baseUrl": "http://127.0.0.1:8484/v1" },
          "env": { "GATEHOUSE_TOKEN": "{TOKEN}" }
        }
        """;

    /// <summary>The file and the text of an agent.</summary>
    public static (string File, string Text) Of(string agent) => agent switch
    {
        "claude-code" => (ClaudeFile, Claude),
        "codex" => (CodexFile, Codex),
        "opencode" => (OpenCodeFile, OpenCode),
        "qwen-code" => (QwenFile, Qwen),
        _ => throw new ArgumentException(agent),
    };
}
