using System.Collections.Immutable;
using Gatehouse.Clients.Programs;

namespace Gatehouse.Clients;

/// <summary>Every client that Gatehouse knows. Immutable and thread-safe.</summary>
public static class ClientCatalog
{
    /// <summary>The clients, in the order in which they are listed: those that are written, those that are printed, those that are refused.</summary>
    public static ImmutableArray<Client> All { get; } =
    [
        new ClaudeCode(), new Codex(), new OpenCode(), new QwenCode(), new Crush(), new Droid(),
        new ClaudeCodeExtension(), new Cline(), new CopilotCli(), new Aider(), new Cursor(), new Zed(), SdkClient.Anthropic, SdkClient.OpenAi,
        RefusedClient.GeminiCli, RefusedClient.Amp,
    ];

    /// <summary>The client of a name, or null.</summary>
    public static Client? Find(string name) => All.FirstOrDefault(client => client.IsNamed(name));
}
