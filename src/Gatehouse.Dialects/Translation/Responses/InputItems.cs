using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// The items of a request's <c>input</c> in order, with calls and results brought together and our own sealed state opened. Made once per
/// attempt; it holds places in the body, not text.
/// </summary>
internal sealed class InputItems
{
    private readonly List<InputItem> _all = [];
    private readonly JsonIndex _index;

    private InputItems(JsonIndex index) => _index = index;

    /// <summary>Number of items.</summary>
    public int Count => _all.Count;

    /// <summary>An item.</summary>
    public InputItem this[int index] => _all[index];

    /// <summary>How many items at the start are system text.</summary>
    public int Leading { get; private set; }

    /// <summary>Reads the items of a list; a string has none.</summary>
    public static InputItems Read(ref ResponsesRequest request, ResponsesEdgeRequest attempt)
    {
        var items = new InputItems(attempt.Index);
        foreach (var view in request.Input.Items)
        {
            if (!view.IsObject)
            {
                attempt.Refuse($"input[{items.Count}]", "An item of 'input' must be an object.");
                return items;
            }

            items.Add(ref request, view, attempt);
            if (attempt.Refusal is not null) return items;
        }

        items.Pair(request.Body);
        while (items.Leading < items.Count && items._all[items.Leading].Kind is ItemKind.System or ItemKind.AdditionalTools) items.Leading++;
        return items;
    }

    /// <summary>An item's JSON.</summary>
    public JsonView View(ReadOnlySpan<byte> body, int index) => JsonView.At(body, _index, _all[index].Spot);

    /// <summary>The id that a call and its result share.</summary>
    public static JsonView CallId(JsonView item)
    {
        var id = item["call_id"u8];
        return id.IsString ? id : item["id"u8];
    }

    /// <summary>
    /// Whether the turn at hand is one in which the model has called tools, and thought beforehand in a way that the upstream can't be shown
    /// again: then an upstream that demands its thinking back must not be asked to think. What the user adds behind the results changes nothing of that.
    /// </summary>
    public bool LacksThinking(ReadOnlySpan<byte> states)
    {
        var end = Count;
        while (end > 0 && _all[end - 1] is { IsCall: false, IsOutput: false, Kind: not ItemKind.Assistant }) end--;
        // The model's last turn is words alone: nothing of it is asked for again.
        if (end == 0 || (end < Count && _all[end - 1].Kind == ItemKind.Assistant)) return false;
        var first = end;
        while (first > 0 && _all[first - 1].Kind != ItemKind.User) first--;
        var thinks = false;
        for (var at = first; at < end; at++)
        {
            thinks |= ReasoningState.IsAnthropic(states.Slice(_all[at].StateStart, _all[at].StateLength));
            if (_all[at].IsCall) return !thinks;
        }

        return false;
    }

    private void Add(ref ResponsesRequest request, JsonView view, ResponsesEdgeRequest attempt)
    {
        var kind = Kind(view, Count, attempt);
        var item = new InputItem { Spot = view.In(request.Body, _index), Kind = kind, Partner = -1 };
        switch (kind)
        {
            case ItemKind.Reasoning:
                Open(ref item, view["encrypted_content"u8], attempt);
                break;
            case ItemKind.ConfigurationUpdate:
                if (view["reasoning"u8]["effort"u8].IsString) request.Effort = view["reasoning"u8]["effort"u8];
                if (view["text"u8]["format"u8].IsObject) request.Format = view["text"u8]["format"u8];
                break;
        }

        _all.Add(item);
    }

    private static void Open(ref InputItem item, JsonView content, ResponsesEdgeRequest attempt)
    {
        if (!content.StartsWith(StateSeal.MarkBytes)) return;
        item.StateStart = attempt.States.Length;
        if (attempt.Context.Seal.TryOpen(content.Escaped, attempt.States)) item.StateLength = attempt.States.Length - item.StateStart;
    }

    /// <summary>A result belongs to the last call of its id that has none; one that stands before its call is found from there.</summary>
    private void Pair(ReadOnlySpan<byte> body)
    {
        var open = new Dictionary<ulong, int>();
        for (var at = 0; at < Count; at++)
        {
            if (!_all[at].IsCall && !_all[at].IsOutput) continue;
            var id = CallId(View(body, at));
            if (!id.IsString) continue;
            var key = Hash(id.Escaped) * 2;
            var (mine, other) = _all[at].IsCall ? (key, key + 1) : (key + 1, key);
            if (open.TryGetValue(other, out var partner) && CallId(View(body, partner)).SameBytes(id))
            {
                Join(at, partner);
                open.Remove(other);
            }
            else
                open[mine] = at;
        }
    }

    private void Join(int one, int other)
    {
        _all[one] = _all[one] with { Partner = other };
        _all[other] = _all[other] with { Partner = one };
    }

    /// <summary>FNV-1a. Whoever makes ids that meet only mixes up calls of their own.</summary>
    private static ulong Hash(ReadOnlySpan<byte> id)
    {
        var hash = 14695981039346656037;
        foreach (var value in id) hash = (hash ^ value) * 1099511628211;
        return hash;
    }

    private static ItemKind Kind(JsonView view, int index, ResponsesEdgeRequest attempt)
    {
        var type = view["type"u8];
        if (type.IsNullOrAbsent) return view["role"u8].Exists ? MessageKind(view, index, attempt) : Reference(index, attempt);
        if (type.Is("message"u8)) return MessageKind(view, index, attempt);
        if (type.Is("function_call"u8)) return Call(view, ItemKind.FunctionCall, index, attempt);
        if (type.Is("function_call_output"u8) || type.Is("custom_tool_call_output"u8)) return ItemKind.Output;
        if (type.Is("reasoning"u8)) return ItemKind.Reasoning;
        if (type.Is("custom_tool_call"u8)) return Call(view, ItemKind.CustomCall, index, attempt);
        if (type.Is("local_shell_call"u8)) return ItemKind.LocalShellCall;
        if (type.Is("local_shell_call_output"u8)) return ItemKind.LocalShellOutput;
        if (type.Is("shell_call"u8)) return ItemKind.ShellCall;
        if (type.Is("shell_call_output"u8)) return ItemKind.ShellOutput;
        if (type.Is("apply_patch_call"u8)) return ItemKind.ApplyPatchCall;
        if (type.Is("apply_patch_call_output"u8)) return ItemKind.ApplyPatchOutput;
        // A search that the provider ran itself has no call id: what it found is in the output, and there is nothing to answer.
        if (type.Is("tool_search_call"u8)) return view["call_id"u8].IsString ? ItemKind.ToolSearchCall : ItemKind.Hosted;
        if (type.Is("tool_search_output"u8)) return view["call_id"u8].IsString ? ItemKind.ToolSearchOutput : ItemKind.AdditionalTools;
        if (type.Is("additional_tools"u8)) return ItemKind.AdditionalTools;
        if (type.Is("configuration_update"u8)) return ItemKind.ConfigurationUpdate;
        if (type.Is("web_search_call"u8)) return ItemKind.WebSearchCall;
        if (type.Is("mcp_call"u8) || type.Is("code_interpreter_call"u8)) return ItemKind.ProviderCall;
        if (type.Is("compaction"u8)) return ItemKind.Compaction;
        if (type.Is("item_reference"u8)) return Reference(index, attempt);
        if (type.Is("compaction_trigger"u8)) return Trigger(index, attempt);
        return IsHosted(type) ? ItemKind.Hosted : ItemKind.Unknown;
    }

    private static bool IsHosted(JsonView type) =>
        type.Is("file_search_call"u8) || type.Is("computer_call"u8) || type.Is("computer_call_output"u8) || type.Is("image_generation_call"u8)
        || type.Is("mcp_list_tools"u8) || type.Is("mcp_approval_request"u8) || type.Is("mcp_approval_response"u8)
        || type.Is("program"u8) || type.Is("program_output"u8);

    private static ItemKind MessageKind(JsonView view, int index, ResponsesEdgeRequest attempt)
    {
        var role = view["role"u8];
        var content = view["content"u8];
        if (!content.IsString && !content.IsArray)
            attempt.Refuse($"input[{index}].content", "A message's 'content' must be a string or a list of parts.");
        if (role.Is("user"u8)) return ItemKind.User;
        if (role.Is("assistant"u8)) return ItemKind.Assistant;
        if (role.Is("developer"u8) || role.Is("system"u8)) return ItemKind.System;
        attempt.Refuse($"input[{index}].role", "A message's 'role' must be one of user, assistant, system and developer.");
        return ItemKind.Unknown;
    }

    private static ItemKind Call(JsonView view, ItemKind kind, int index, ResponsesEdgeRequest attempt)
    {
        if (!view["call_id"u8].IsString) attempt.Refuse($"input[{index}].call_id", "A tool call must have a 'call_id'.");
        if (!view["name"u8].IsString) attempt.Refuse($"input[{index}].name", "A tool call must have a 'name'.");
        var isCustom = kind == ItemKind.CustomCall;
        var text = view[isCustom ? "input"u8 : "arguments"u8];
        if (!text.IsString) attempt.Refuse($"input[{index}].{(isCustom ? "input" : "arguments")}", "A tool call's arguments must be a string.");
        return kind;
    }

    private static ItemKind Reference(int index, ResponsesEdgeRequest attempt)
    {
        attempt.Refuse($"input[{index}]", "An 'item_reference' points at items that nobody kept here: send the item itself.");
        return ItemKind.Unknown;
    }

    private static ItemKind Trigger(int index, ResponsesEdgeRequest attempt)
    {
        attempt.Refuse($"input[{index}]", "This model's provider does not compact by itself: call /v1/responses/compact instead of sending a 'compaction_trigger'.");
        return ItemKind.Unknown;
    }
}
