using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Agents;

/// <summary>An agent that a client can start, as the program is told of it where it works by itself.</summary>
/// <param name="Name">The client's own name for it.</param>
/// <param name="Description">What it is for, in the client's words.</param>
internal sealed record AgentDefinition(string Name, string Description)
{
    /// <summary>Its system text.</summary>
    public string Prompt =>
        $"You are the \"{Name}\" agent: {(Description.Length == 0 ? Name : Description).TrimEnd('.', ' ')}. Keep to that role, and give back a short result.";

    /// <summary>What stands behind the system text, so that the model writes the names as they are; null when there are no agents.</summary>
    public static string? Hint(IReadOnlyList<AgentDefinition> agents) => agents.Count == 0
        ? null
        : $"When you start an agent, its subagent_type is exactly one of these: {string.Join(", ", agents.Select(agent => agent.Name))}. Write it in the same case, and no other name.";

    /// <summary>Writes the definitions as a JSON object by name.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="agents">The agents.</param>
    /// <param name="tools">The tools that each of them has.</param>
    public static void Write(JsonWriter json, IReadOnlyList<AgentDefinition> agents, IReadOnlyList<string> tools)
    {
        json.BeginObject();
        foreach (var agent in agents)
        {
            json.Name(System.Text.Encoding.UTF8.GetBytes(agent.Name));
            json.BeginObject();
            json.String("description"u8, agent.Description.Length == 0 ? agent.Name : agent.Description);
            json.String("prompt"u8, agent.Prompt);
            json.String("model"u8, "inherit"u8);
            json.BeginArray("tools"u8);
            foreach (var tool in tools) json.String(tool);
            json.EndArray();
            json.EndObject();
        }

        json.EndObject();
    }
}
