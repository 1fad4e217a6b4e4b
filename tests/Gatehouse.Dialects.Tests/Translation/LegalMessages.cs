using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Errors;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>The rules of a Messages stream.</summary>
internal static class LegalMessages
{
    private static readonly Dictionary<string, string[]> s_deltas = new()
    {
        ["text"] = ["text_delta", "citations_delta"],
        ["thinking"] = ["thinking_delta", "signature_delta"],
        ["tool_use"] = ["input_json_delta"],
        ["server_tool_use"] = ["input_json_delta"],
        ["mcp_tool_use"] = ["input_json_delta"],
    };

    public static void Check(List<(string Name, string Data)> events, DialectError? failure)
    {
        var (open, next, stops, signed) = ((string?)null, 0, 0, false);
        var input = new StringBuilder();
        for (var i = 0; i < events.Count; i++)
        {
            var (name, text) = events[i];
            var data = LegalStream.Json(text);
            data.GetProperty("type").Words().ShouldBe(name);
            if (name is "ping") continue;
            if (name is "error")
            {
                failure.ShouldNotBeNull();
                i.ShouldBe(events.Count - 1, "nothing follows an error");
                return;
            }

            if (i == 0) name.ShouldBe("message_start");
            else name.ShouldNotBe("message_start");
            if (name is "content_block_start")
            {
                open.ShouldBeNull("one block at a time");
                data.GetProperty("index").GetInt32().ShouldBe(next);
                open = data.GetProperty("content_block").GetProperty("type").Words();
                signed = false;
                input.Clear();
            }
            else if (name is "content_block_delta")
            {
                data.GetProperty("index").GetInt32().ShouldBe(next);
                var kind = data.GetProperty("delta").GetProperty("type").Words();
                s_deltas[open.ShouldNotBeNull()].ShouldContain(kind);
                signed.ShouldBeFalse("a signature is a block's last delta");
                signed = kind is "signature_delta";
                if (kind is "input_json_delta") input.Append(data.GetProperty("delta").GetProperty("partial_json").Words());
            }
            else if (name is "content_block_stop")
            {
                open.ShouldNotBeNull();
                data.GetProperty("index").GetInt32().ShouldBe(next++);
                open = null;
            }
            else if (name is "message_delta")
            {
                open.ShouldBeNull("blocks end before the message does");
                stops++;
                data.GetProperty("delta").GetProperty("stop_reason").ValueKind.ShouldBe(JsonValueKind.String);
                data.GetProperty("usage").GetProperty("output_tokens").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
            }
            else if (name is "message_stop")
            {
                stops.ShouldBe(1);
                i.ShouldBe(events.Count - 1);
                failure.ShouldBeNull();
                return;
            }
        }

        throw new InvalidDataException("The stream has no end.");
    }
}
