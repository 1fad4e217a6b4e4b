using System.Text;
using Gatehouse.ClaudeCli.Agents;
using Gatehouse.ClaudeCli.Programs;
using Gatehouse.ClaudeCli.Workbench;
using Gatehouse.Dialects.Json;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.ClaudeCli.Requests;

/// <summary>
/// A Messages request as far as the program can be told of it. Read once; owns its bytes. What the program can't take is named in <see cref="Losses"/>.
/// </summary>
internal sealed class CliRequest
{
    private readonly string _setup;

    private CliRequest(LaunchFlags flags, long thinking, IReadOnlyList<string> system, CliTools tools, IReadOnlyList<CliMessage> messages, IReadOnlyList<string> losses)
    {
        (Flags, ThinkingTokens, System, Tools, Messages, Losses) = (flags, thinking, system, tools, messages, losses);
        _setup = $"{tools.Digest}\n{string.Join('\0', system)}";
    }

    /// <summary>How the program has to be started.</summary>
    public LaunchFlags Flags { get; }

    /// <summary>How many tokens the model may think; 0 for none.</summary>
    public long ThinkingTokens { get; }

    /// <summary>The system text, block by block.</summary>
    public IReadOnlyList<string> System { get; }

    /// <summary>The caller's tools.</summary>
    public CliTools Tools { get; }

    /// <summary>The agents that the caller can start.</summary>
    public AgentNames Agents { get; private init; } = AgentNames.None;

    /// <summary>The conversation's name as the body gives it; null when it gives none.</summary>
    public string? Session { get; private init; }

    /// <summary>
    /// The same request as a provider's program gets it. One that works by itself has tools of the gateway's own instead of the caller's, which are told as lost, and is told
    /// which agents the caller knows.
    /// </summary>
    public CliRequest For(ProgramSettings program)
    {
        if (program.Loop is not { } loop) return program.PermissionMode is null ? this : With(Flags with { Permission = program.PermissionMode }, System, Tools, Losses);
        var agents = Agents.Definitions;
        var flags = Flags with { Permission = program.PermissionMode, Loop = new LoopFlags(loop.Turns, !agents.IsEmpty) };
        IReadOnlyList<string> losses = Tools.Count > (agents.IsEmpty ? 0 : 1) ? [.. Losses, "tools"] : Losses;
        return With(flags, AgentDefinition.Hint(agents) is { } hint ? [.. System, hint] : System, WorkTools.Listed(loop.HasCommands), losses);
    }

    /// <summary>The history, the message to answer last.</summary>
    public IReadOnlyList<CliMessage> Messages { get; }

    /// <summary>What could not be carried.</summary>
    public IReadOnlyList<string> Losses { get; }

    /// <summary>What a running process can't be told anew: equal setups can share one.</summary>
    public string Setup => Flags.Loop is { HasAgents: true } ? $"{_setup}\n{string.Join('\0', Agents.Definitions)}" : _setup;

    /// <summary>Reads a request; null with the reason when the program can't serve it.</summary>
    /// <param name="body">The body of <c>POST /v1/messages</c>.</param>
    /// <param name="refusal">Why it can't be served, for the caller.</param>
    public static CliRequest? Read(ReadOnlyMemory<byte> body, out string? refusal)
    {
        refusal = null;
        if (!JsonView.TryParse(body.Span, out var root) || !root.IsObject)
        {
            refusal = "The body is not a JSON object.";
            return null;
        }

        var losses = new List<string>();
        var messages = new List<CliMessage>();
        var system = Texts(root["system"u8], losses);
        foreach (var message in root["messages"u8].Items)
        {
            var content = message["content"u8];
            var isAssistant = message["role"u8].Is("assistant"u8);
            if (message["role"u8].Is("system"u8) && !losses.Contains("system_inside_messages")) losses.Add("system_inside_messages");
            var at = body.Span.Overlaps(content.Raw, out var offset) ? offset : 0;
            var own = CliMessage.Of(isAssistant, body.Slice(at, content.Raw.Length));
            // To the vendor, messages of one role that follow one another are one.
            if (messages.Count > 0 && messages[^1].IsAssistant == isAssistant) messages[^1] = messages[^1].With(own);
            else messages.Add(own);
        }

        if (messages.Count == 0) refusal = "messages: at least one message is needed.";
        else if (messages[^1].IsAssistant) refusal = "messages: the claude program can't go on with an answer that was begun; end with a message of the user's.";
        else refusal = ToolPairs.Fault(messages);
        if (refusal is not null) return null;

        foreach (var name in CliLosses.Fields(root)) losses.Add(name);
        var tools = CliTools.Read(root["tools"u8], losses);
        var thinking = root["thinking"u8];
        var effort = root["output_config"u8]["effort"u8].Text();
        var format = root["output_config"u8]["format"u8];
        var schema = format["type"u8].Is("json_schema"u8) ? Encoding.UTF8.GetString(format["schema"u8].Raw) : null;
        var flags = new LaunchFlags(CliModels.Named(root["model"u8].Text()), effort, thinking["type"u8].Is("adaptive"u8), schema);
        return new CliRequest(flags, thinking["budget_tokens"u8].TryInteger(out var budget) ? budget : 0, system, tools, messages, losses)
        {
            Agents = AgentNames.Read(root["tools"u8]),
            Session = SessionName.Of(root["metadata"u8]["user_id"u8].Text()),
        };
    }

    private CliRequest With(LaunchFlags flags, IReadOnlyList<string> system, CliTools tools, IReadOnlyList<string> losses) =>
        new(flags, ThinkingTokens, system, tools, Messages, losses) { Agents = Agents, Session = Session };

    private static List<string> Texts(JsonView system, List<string> losses)
    {
        var texts = new List<string>();
        if (system.IsString) texts.Add(system.Text()!);
        foreach (var block in system.Items)
        {
            // The program states who bills for itself.
            if (block["text"u8].StartsWith("x-anthropic-billing-header"u8)) losses.Add("billing_header");
            else if (block["text"u8].Text() is { } text) texts.Add(text);
        }

        return texts;
    }
}
