using System.Text;

namespace Gatehouse.Bench.Dialects;

/// <summary>A Messages request as an agent sends it after some work: tools, thinking blocks, calls and their results.</summary>
internal static class AgentConversation
{
    /// <summary>Makes a request of about the given size, with results of prose or of code (every line with escapes).</summary>
    public static byte[] Messages(int size, bool code)
    {
        var line = code
            ? "    if (text == \\\"a\\\\\\\\b\\\") {\\n\\t\\treturn [\\\"x\\\", {\\\"y\\\": 1}];\\n    }\\n"
            : "The quick brown fox jumps over the lazy dog and then goes home to write about it. ";
        var text = new StringBuilder("{\"model\":\"claude-opus-5-5\",\"max_tokens\":32000,\"stream\":true,\"thinking\":{\"type\":\"adaptive\"},\"metadata\":{\"user_id\":\"u\"},")
            .Append("\"system\":[{\"type\":\"text\",\"text\":\"You are an agent.\",\"cache_control\":{\"type\":\"ephemeral\"}}],\"tools\":[");
        for (var tool = 0; tool < 20; tool++)
        {
            text.Append(tool == 0 ? "" : ",").Append($"{{\"name\":\"Tool{tool}\",\"description\":\"Does one of twenty things, at some length, for an agent that asks.\",")
                .Append("\"input_schema\":{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\",\"description\":\"Where.\"}},\"required\":[\"path\"]}}");
        }

        text.Append("],\"messages\":[{\"role\":\"user\",\"content\":\"Go on until it is done.\"}");
        for (var turn = 0; text.Length < size; turn++)
        {
            text.Append(",{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"I read the file.\",\"signature\":\"EqQBCgIYAhIM\"},")
                .Append($"{{\"type\":\"text\",\"text\":\"Reading.\"}},{{\"type\":\"tool_use\",\"id\":\"toolu_{turn:D8}\",\"name\":\"Tool{turn % 20}\",\"input\":{{\"path\":\"src/a.cs\"}}}}]}},")
                .Append($"{{\"role\":\"user\",\"content\":[{{\"type\":\"tool_result\",\"tool_use_id\":\"toolu_{turn:D8}\",\"content\":\"");
            for (var end = text.Length + 2_000; text.Length < end;) text.Append(line);
            text.Append("\"}]}");
        }

        return Encoding.UTF8.GetBytes(text.Append("]}").ToString());
    }
}
