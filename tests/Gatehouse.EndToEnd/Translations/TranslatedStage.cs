using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Translations;

/// <summary>
/// A gateway whose models are spoken to in one dialect only, named by the end of their names: a provider that offers that dialect and no other, whatever
/// the client speaks. A fault of the simulated provider may follow. A prompt with <see cref="Counted"/> is answered with known usage.
/// </summary>
public sealed class TranslatedStage : Stage
{
    public const string OnAnthropic = "-on-anthropic";
    public const string OnChat = "-on-chat";
    public const string OnResponses = "-on-responses";

    /// <summary>A chat host that tells what its models think in <c>reasoning_content</c>, and refuses tool results without it.</summary>
    public const string OnDeepSeek = "-on-deepseek";

    /// <summary>A chat host that tells it in <c>reasoning_details</c>, which are taken back as they were only.</summary>
    public const string OnOpenRouter = "-on-openrouter";

    /// <summary>Before the others: a provider that searches, runs code and connects to MCP servers itself.</summary>
    public const string Hosting = "-hosting";

    /// <summary>The answer to a prompt with these words costs what is said below.</summary>
    public const string Counted = "tokens counted";

    public const int Uncached = 1111;
    public const int Cached = 640;
    public const int Written = 50;
    public const int Output = 77;
    public const int Reasoning = 13;

    /// <inheritdoc/>
    protected override string? Scenario => $$"""
        {
          "steps": [
            {
              "when": { "contains": "{{Counted}}", "dialect": "anthropic" }, "times": 0, "answer": [ { "text": "Dear." } ],
              "usage": { "input": {{Uncached}}, "cache_read": {{Cached}}, "cache_write_5m": {{Written}}, "output": {{Output}} }
            },
            {
              "when": { "contains": "{{Counted}}" }, "times": 0, "answer": [ { "text": "Dear." } ],
              "usage": { "input": {{Uncached}}, "cache_read": {{Cached}}, "output": {{Output}}, "reasoning": {{Reasoning}} }
            }
          ]
        }
        """;

    /// <inheritdoc/>
    protected override string Models => $$"""
        { "match": "*{{Hosting}}{{OnAnthropic}}", "targets": [ { "provider": "hosting", "dialect": "anthropic" } ] },
        { "match": "*{{Hosting}}{{OnChat}}", "targets": [ { "provider": "hosting", "dialect": "openai-chat" } ] },
        { "match": "*{{Hosting}}{{OnResponses}}", "targets": [ { "provider": "hosting", "dialect": "openai-responses" } ] },
        { "match": "*{{OnAnthropic}}*", "targets": [ { "provider": "local", "dialect": "anthropic" } ] },
        { "match": "*{{OnChat}}*", "targets": [ { "provider": "local", "dialect": "openai-chat" } ] },
        { "match": "*{{OnResponses}}*", "targets": [ { "provider": "local", "dialect": "openai-responses" } ] },
        { "match": "*{{OnDeepSeek}}*", "targets": [ { "provider": "deepseek" } ] },
        { "match": "*{{OnOpenRouter}}*", "targets": [ { "provider": "openrouter" } ] },
        """;

    /// <inheritdoc/>
    protected override string Providers(Uri simulator) => $$"""
        , "hosting": {
            "endpoints": { "anthropic": "{{simulator.ToString().TrimEnd('/')}}", "openai-chat": "{{simulator}}v1", "openai-responses": "{{simulator}}v1" },
            "apiKeyEnv": "LOCAL_KEY", "allowPrivateNetwork": true,
            "traits": [ { "webSearch": true, "codeExecution": true, "mcp": true } ]
          }
        """
        + Host(simulator, "deepseek", "\"reasoning\": [], \"reasoningContentEcho\": true") + Host(simulator, "openrouter", "\"reasoningDetails\": true");

    private static string Host(Uri simulator, string name, string traits) => $$"""
        , "{{name}}": { "endpoints": { "openai-chat": "{{simulator}}v1" }, "apiKeyEnv": "LOCAL_KEY", "allowPrivateNetwork": true, "traits": [ { {{traits}} } ] }
        """;
}
