using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gatehouse.EndToEnd.Agents;
using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Workspaces;

/// <summary>
/// A runner of SAM's kind: it asks for an agent key at the address that it knows, fills the workspace token in, and starts the agent with what
/// it got and nothing else; or with what stands in the fuller <c>runtime</c>.
/// </summary>
/// <param name="gateway">Where Gatehouse listens.</param>
/// <param name="workspace">The workspace's id.</param>
/// <param name="token">The runner's token.</param>
internal sealed class SamRunner(Uri gateway, string workspace, string token)
{
    private static readonly HttpClient _http = new();

    /// <summary>A runner of the user <c>local</c>'s workspace with a name, or of a new user's, whom the platform serves.</summary>
    /// <param name="gateway">Where Gatehouse listens.</param>
    /// <param name="admin">An administrator's token.</param>
    /// <param name="named">The workspace's name; null for a new one.</param>
    public static async Task<SamRunner> OfAsync(Uri gateway, string admin, string? named)
    {
        var name = $"p{Guid.NewGuid():N}";
        var id = named is null ? null : JsonElement.Parse(await SendAsync(HttpMethod.Get, gateway, "/api/v1/workspaces", admin)).GetProperty("items").EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == named).GetProperty("id").GetString()!;
        if (id is null)
        {
            var user = Id(await SendAsync(HttpMethod.Post, gateway, "/api/v1/users", admin, $$"""{"name":"{{name}}","providerMode":"platform"}"""));
            var project = Id(await SendAsync(HttpMethod.Post, gateway, "/api/v1/projects", admin, $$"""{"name":"{{name}}","ownerId":"{{user}}"}"""));
            id = Id(await SendAsync(HttpMethod.Post, gateway, "/api/v1/workspaces", admin, $$"""{"name":"{{name}}","project":"{{project}}"}"""));
        }

        var made = await SendAsync(HttpMethod.Post, gateway, $"/api/v1/workspaces/{id}/runner-tokens", admin);
        return new SamRunner(gateway, id, JsonElement.Parse(made).GetProperty("text").GetString()!);
    }

    /// <summary>What was answered, as text.</summary>
    public string Answer { get; private set; } = "";

    /// <summary>The workspace token that it filled in.</summary>
    public string Filled { get; private set; } = "";

    /// <summary>Starts an agent and asks it one thing.</summary>
    /// <param name="agent">The agent, by the name of the registry.</param>
    /// <param name="byRuntime">Whether by <c>runtime</c> instead of <c>inferenceConfig</c>.</param>
    /// <param name="prompt">What to ask.</param>
    public async Task<AgentRun> RunAsync(string agent, bool byRuntime, string prompt)
    {
        Answer = await PostAsync($"/api/workspaces/{workspace}/agent-key", $$"""{"agentType":"{{agent}}"}""");
        Filled = JsonElement.Parse(await PostAsync($"/api/v1/workspaces/{workspace}/tokens", $$"""{"harness":"{{agent}}"}""")).GetProperty("text").GetString()!;
        var key = JsonElement.Parse(Answer);
        using var folder = new TestFolder();
        var variables = byRuntime ? Runtime(key.GetProperty("runtime"), folder) : Injected(agent, key, folder);
        var home = agent == "claude-code" ? ("CLAUDE_CONFIG_DIR", folder.Folder("home", ".claude")) : ("CODEX_HOME", folder.Folder("home", ".codex"));
        var environment = folder.Environment(
            [home, ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"), ("DISABLE_AUTOUPDATER", "1"), .. variables.Select(pair => (pair.Key, pair.Value))]);
        string[] command = agent == "claude-code"
            ? [RepositoryPaths.ClaudeCode, "-p", prompt]
            : [RepositoryPaths.Node, RepositoryPaths.Codex, "exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", prompt];
        await using var process = GuardedProcess.Start(command, environment, folder.Folder("project"));
        var code = await process.WaitAsync(AgentRun.Limit);
        return new AgentRun(code, process.Output, process.Story);
    }

    // By agent and by how it is served: a pair that is not known would be an error there.
    private Dictionary<string, string> Injected(string agent, JsonElement key, TestFolder folder)
    {
        var config = key.GetProperty("inferenceConfig");
        config.GetProperty("apiKeySource").GetString().ShouldBe("callback-token");
        var (provider, model) = (config.GetProperty("provider").GetString()!, config.GetProperty("model").GetString()!);
        var address = config.GetProperty("baseURL").GetString()!.Replace("{wstoken}", Filled, StringComparison.Ordinal);
        var names = (agent, provider) switch
        {
            ("claude-code", "anthropic-passthrough") => ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_MODEL"),
            ("claude-code", "anthropic-proxy") => ("ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_MODEL"),
            ("openai-codex", "openai-passthrough" or "openai-proxy") => ("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL"),
            _ => throw new InvalidOperationException($"{agent} by {provider} is not supported"),
        };
        if (agent == "openai-codex")
        {
            folder.Write("home/.codex/config.toml", $"""
                {(model.Length > 0 ? $"model = \"{model}\"" : "")}
                model_provider = "sam-openai"
                [model_providers.sam-openai]
                name = "SAM"
                base_url = "{address}"
                env_key = "OPENAI_API_KEY"
                wire_api = "responses"
                """);
        }

        var variables = new Dictionary<string, string> { [names.Item1] = address, [names.Item2] = Filled };
        if (model.Length > 0) variables[names.Item3] = model;
        return variables;
    }

    private Dictionary<string, string> Runtime(JsonElement runtime, TestFolder folder)
    {
        foreach (var file in runtime.GetProperty("files").EnumerateArray())
        {
            file.GetProperty("mode").GetString().ShouldBe("0600");
            folder.Write(Path.Combine("home", file.GetProperty("path").GetString()!), file.GetProperty("content").GetString()!);
        }

        return runtime.GetProperty("environment").EnumerateObject()
            .ToDictionary(one => one.Name, one => one.Value.GetString()!.Replace("{wstoken}", Filled, StringComparison.Ordinal));
    }

    private Task<string> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, gateway, path, token, body);

    private static string Id(string json) => JsonElement.Parse(json).GetProperty("id").GetString()!;

    private static async Task<string> SendAsync(HttpMethod method, Uri gateway, string path, string token, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(gateway, path));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{path}: {text}");
        return text;
    }
}
