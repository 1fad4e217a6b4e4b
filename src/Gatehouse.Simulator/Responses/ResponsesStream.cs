using System.Text.Json.Nodes;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Responses;

/// <summary>The official event sequence of a streamed response. One instance per stream: it counts the events.</summary>
internal sealed class ResponsesStream(ResponsesBody body)
{
    private const int ArgumentFragment = 12;

    /// <summary>Where an item tells what a tool gave.</summary>
    private static readonly string[] s_gains = ["output", "outputs"];

    private int _sequence;

    /// <summary>Makes the events one at a time.</summary>
    public IEnumerable<SseEvent> Events()
    {
        yield return Lifecycle("response.created", body.InProgress(), EventRole.Frame);
        yield return Lifecycle("response.in_progress", body.InProgress(), EventRole.Frame);
        for (var index = 0; index < body.Items.Count; index++)
        {
            foreach (var happening in Item(index, body.Items[index])) yield return happening;
        }
        yield return Lifecycle(body.EndEvent, body.Final(), EventRole.Terminal);
    }

    /// <summary>How a stream that fails after its start ends.</summary>
    public IEnumerable<SseEvent> Failure(ApiError error)
    {
        yield return Lifecycle("response.failed", body.Failed(error), EventRole.Terminal);
    }

    private IEnumerable<SseEvent> Item(int index, OutputItem item)
    {
        yield return Event("response.output_item.added", EventRole.Frame, ("output_index", index), ("item", Opening(item)));
        var inner = item.Part switch
        {
            TextPart text => Text(index, item, text),
            ThinkingPart thinking => Reasoning(index, item, thinking),
            ToolCallPart call => Input("function_call_arguments", "arguments", index, item, call.Arguments),
            CustomCallPart call => Input("custom_tool_call_input", "input", index, item, call.Input),
            HostedCallPart call => Hosted(index, item, call.Kind),
            _ => [],
        };
        foreach (var happening in inner) yield return happening;
        yield return Event("response.output_item.done", EventRole.Frame, ("output_index", index), ("item", item.Final.DeepClone()));
    }

    private IEnumerable<SseEvent> Text(int index, OutputItem item, TextPart text)
    {
        yield return Event("response.content_part.added", EventRole.Frame,
            ("item_id", item.Id), ("output_index", index), ("content_index", 0), ("part", ResponsesItems.TextContent(null)));
        foreach (var fragment in text.Fragments) yield return TextDelta(index, item.Id, fragment);
        if (text.CitesPage)
        {
            yield return Event("response.output_text.annotation.added", EventRole.Frame, ("item_id", item.Id), ("output_index", index),
                ("content_index", 0), ("annotation_index", 0), ("annotation", ResponsesItems.Citation(text)));
        }

        yield return Event("response.output_text.done", EventRole.Frame,
            ("item_id", item.Id), ("output_index", index), ("content_index", 0), ("text", text.Text), ("logprobs", new JsonArray()));
        yield return Event("response.content_part.done", EventRole.Frame,
            ("item_id", item.Id), ("output_index", index), ("content_index", 0), ("part", ResponsesItems.TextContent(text)));
    }

    private SseEvent TextDelta(int index, string itemId, string fragment) => Event("response.output_text.delta", EventRole.Delta,
        ("item_id", itemId), ("output_index", index), ("content_index", 0), ("delta", fragment), ("logprobs", new JsonArray()));

    private IEnumerable<SseEvent> Reasoning(int index, OutputItem item, ThinkingPart thinking)
    {
        if (item.Final["summary"]!.AsArray().Count == 0) yield break;
        yield return Event("response.reasoning_summary_part.added", EventRole.Frame,
            ("item_id", item.Id), ("output_index", index), ("summary_index", 0), ("part", Summary("")));
        foreach (var fragment in EchoScript.Fragments(thinking.Text))
        {
            yield return Event("response.reasoning_summary_text.delta", EventRole.Delta,
                ("item_id", item.Id), ("output_index", index), ("summary_index", 0), ("delta", fragment));
        }
        yield return Event("response.reasoning_summary_text.done", EventRole.Frame,
            ("item_id", item.Id), ("output_index", index), ("summary_index", 0), ("text", thinking.Text));
        yield return Event("response.reasoning_summary_part.done", EventRole.Frame,
            ("item_id", item.Id), ("output_index", index), ("summary_index", 0), ("part", Summary(thinking.Text)));
    }

    private IEnumerable<SseEvent> Input(string kind, string field, int index, OutputItem item, string input)
    {
        foreach (var fragment in Fragment.Cut(input, ArgumentFragment))
            yield return Event(
                $"response.{kind}.delta", EventRole.Delta, ("item_id", item.Id), ("output_index", index), ("delta", fragment));
        yield return Event($"response.{kind}.done", EventRole.Frame, ("item_id", item.Id), ("output_index", index), (field, input));
    }

    /// <summary>A tool of the vendor's own tells how far it is, and what it was called with where that is long.</summary>
    private IEnumerable<SseEvent> Hosted(int index, OutputItem item, HostedKind kind)
    {
        SseEvent Step(string step) => Event($"response.{item.Final["type"]}.{step}", EventRole.Frame, ("item_id", item.Id), ("output_index", index));
        yield return Step("in_progress");
        var input = kind switch
        {
            HostedKind.Code => Input("code_interpreter_call_code", "code", index, item, HostedTools.Code),
            HostedKind.Mcp => Input("mcp_call_arguments", "arguments", index, item, HostedTools.McpArguments),
            _ => [],
        };
        foreach (var happening in input) yield return happening;
        if (kind != HostedKind.Mcp) yield return Step(kind == HostedKind.Search ? "searching" : "interpreting");
        yield return Step("completed");
    }

    private static JsonObject Summary(string text) => new() { ["type"] = "summary_text", ["text"] = text };

    /// <summary>The item as it is announced: in progress and empty.</summary>
    private static JsonObject Opening(OutputItem item)
    {
        var opening = (JsonObject)item.Final.DeepClone();
        if (opening.ContainsKey("status")) opening["status"] = "in_progress";
        foreach (var (name, empty) in new (
            string, JsonNode)[] { ("content", new JsonArray()), ("summary", new JsonArray()), ("arguments", ""), ("input", ""), ("code", "") })
        {
            if (opening.ContainsKey(name)) opening[name] = empty;
        }

        // What a tool of the vendor's own gave is not known yet, nor what a search looks for.
        foreach (var name in s_gains.Where(opening.ContainsKey)) opening[name] = null;
        opening.Remove("action");
        return opening;
    }

    private SseEvent Lifecycle(string type, JsonObject response, EventRole role) => Event(type, role, ("response", response));

    private SseEvent Event(string type, EventRole role, params (string Name, JsonNode Value)[] fields)
    {
        var payload = new JsonObject { ["type"] = type, ["sequence_number"] = _sequence++ };
        foreach (var (name, value) in fields) payload[name] = value;
        return SseEvent.Typed(type, payload, role);
    }
}
