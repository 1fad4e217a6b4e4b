using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Errors;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>
/// The rules of a Responses stream: numbered events, items and parts opened and closed in pairs, deltas that add up to what is done, one end that
/// repeats the items that were done.
/// </summary>
internal sealed class LegalResponses
{
    private readonly Dictionary<int, OpenItem> _open = [];
    private readonly SortedDictionary<int, string> _done = [];
    private int _added;

    public static void Check(List<(string Name, string Data)> events, DialectError? failure)
    {
        var stream = new LegalResponses();
        for (var i = 0; i < events.Count; i++)
        {
            var data = LegalStream.Json(events[i].Data);
            data.GetProperty("type").Words().ShouldBe(events[i].Name);
            data.GetProperty("sequence_number").GetInt32().ShouldBe(i);
            stream.Take(events[i].Name, data, i, events.Count, failure);
        }

        if (failure is null) events[^1].Name.ShouldBeOneOf("response.completed", "response.incomplete");
        else events[^1].Name.ShouldBeOneOf("response.failed", "error");
    }

    private void Take(string name, JsonElement data, int at, int count, DialectError? failure)
    {
        switch (name)
        {
            case "response.created":
                at.ShouldBe(0);
                data.GetProperty("response").GetProperty("status").Words().ShouldBe("in_progress");
                break;
            case "response.in_progress":
                at.ShouldBe(1);
                break;
            case "error":
                failure.ShouldNotBeNull();
                data.GetProperty("message").Words().ShouldBe(failure.Message);
                at.ShouldBeGreaterThanOrEqualTo(count - 2);
                break;
            case "response.completed" or "response.incomplete" or "response.failed":
                at.ShouldBe(count - 1);
                CheckEnd(name, data.GetProperty("response"));
                break;
            case "response.output_item.added":
                data.GetProperty("output_index").GetInt32().ShouldBe(_added);
                _open.Add(_added++, new OpenItem(data.GetProperty("item")));
                break;
            case "response.output_item.done":
                var index = data.GetProperty("output_index").GetInt32();
                _open[index].CheckDone(data.GetProperty("item"));
                _open.Remove(index).ShouldBeTrue();
                _done.Add(index, data.GetProperty("item").GetRawText());
                break;
            default:
                name.ShouldStartWith("response.");
                _open[data.GetProperty("output_index").GetInt32()].Take(name, data);
                break;
        }
    }

    private void CheckEnd(string name, JsonElement response)
    {
        response.GetProperty("status").Words().ShouldBe(name["response.".Length..]);
        response.GetProperty("output").EnumerateArray().Select(static item => item.GetRawText()).ShouldBe(_done.Values);
        if (name == "response.failed") return;
        _open.ShouldBeEmpty();
        response.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    /// <summary>An item between its start and its end.</summary>
    private sealed class OpenItem(JsonElement added)
    {
        private readonly string _id = added.GetProperty("id").Words()!;
        private readonly List<string> _content = [];
        private readonly List<string> _summary = [];
        private readonly StringBuilder _text = new();
        private string? _part;

        public void Take(string name, JsonElement data)
        {
            data.GetProperty("item_id").Words().ShouldBe(_id);
            if (name.EndsWith("part.added", StringComparison.Ordinal)) Open(data);
            else if (name.EndsWith("part.done", StringComparison.Ordinal)) Close(data);
            else if (name.EndsWith(".delta", StringComparison.Ordinal)) Add(name, data);
            else if (name.EndsWith(".done", StringComparison.Ordinal)) CheckText(data);
            else name.ShouldBeOneOf(
                "response.output_text.annotation.added", "response.web_search_call.in_progress", "response.web_search_call.searching",
                "response.web_search_call.completed", "response.mcp_call.in_progress", "response.mcp_call.completed", "response.mcp_call.failed",
                "response.code_interpreter_call.in_progress", "response.code_interpreter_call.interpreting", "response.code_interpreter_call.completed");
        }

        public void CheckDone(JsonElement item)
        {
            item.GetProperty("id").Words().ShouldBe(_id);
            item.GetProperty("type").Words().ShouldBe(added.GetProperty("type").Words());
            _part.ShouldBeNull();
            if (item.TryGetProperty("content", out var content)) content.EnumerateArray().Select(static part => part.GetRawText()).ShouldBe(_content);
            if (item.TryGetProperty("summary", out var summary)) summary.EnumerateArray().Select(static part => part.GetRawText()).ShouldBe(_summary);

            var type = item.GetProperty("type").Words();
            if (type == "code_interpreter_call") item.GetProperty("code").Words().ShouldBe(_text.ToString());
            if (type is "function_call" or "mcp_call") item.GetProperty("arguments").Words().ShouldBe(_text.ToString());
            if (type == "custom_tool_call") item.GetProperty("input").Words().ShouldBe(_text.ToString());
        }

        private void Open(JsonElement data)
        {
            _part.ShouldBeNull();
            CheckPlace(data);
            _part = data.GetProperty("part").GetProperty("type").Words();
            _text.Clear();
        }

        private void Close(JsonElement data)
        {
            CheckPlace(data);
            var part = data.GetProperty("part");
            part.GetProperty("type").Words().ShouldBe(_part);
            part.GetProperty(_part == "refusal" ? "refusal" : "text").Words().ShouldBe(_text.ToString());
            (_part == "summary_text" ? _summary : _content).Add(part.GetRawText());
            _part = null;
        }

        private void Add(string name, JsonElement data)
        {
            if (!IsCall(name))
            {
                _part.ShouldNotBeNull();
                CheckPlace(data);
            }

            data.GetProperty("delta").Words().ShouldNotBeNullOrEmpty();
            _text.Append(data.GetProperty("delta").Words());
        }

        private void CheckText(JsonElement data)
        {
            foreach (var field in new[] { "text", "refusal", "arguments", "input", "code" })
            {
                if (data.TryGetProperty(field, out var text)) text.Words().ShouldBe(_text.ToString());
            }
        }

        private void CheckPlace(JsonElement data)
        {
            if (data.TryGetProperty("summary_index", out var summary)) summary.GetInt32().ShouldBe(_summary.Count);
            else data.GetProperty("content_index").GetInt32().ShouldBe(_content.Count);
        }

        private static bool IsCall(string name) =>
            name is "response.function_call_arguments.delta" or "response.custom_tool_call_input.delta" or "response.mcp_call_arguments.delta"
                or "response.code_interpreter_call_code.delta";
    }
}
