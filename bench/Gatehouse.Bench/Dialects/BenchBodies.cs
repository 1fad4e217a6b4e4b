using System.Text;
using Gatehouse.Dialects;

namespace Gatehouse.Bench.Dialects;

/// <summary>Request bodies and stream events as agents cause them, made without randomness.</summary>
internal static class BenchBodies
{
    /// <summary>A Messages body of about the given size, of prose or of code (every line with escapes).</summary>
    public static byte[] Request(int size, bool code)
    {
        var turn = code
            ? "    if (text == \\\"a\\\\\\\\b\\\") {\\n\\t\\treturn [\\\"x\\\", {\\\"y\\\": 1}];\\n    }\\n"
            : "The quick brown fox jumps over the lazy dog and then goes home to write about it. ";
        var text = new StringBuilder("{\"model\":\"claude-opus-5-5\",\"max_tokens\":128000,\"stream\":true,\"metadata\":{\"user_id\":\"u\"},")
            .Append("\"system\":[{\"type\":\"text\",\"text\":\"You are an agent.\",\"cache_control\":{\"type\":\"ephemeral\"}}],\"messages\":[");
        for (var first = true; text.Length < size - 200; first = false)
        {
            text.Append(first ? string.Empty : ",").Append("{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"toolu_01\",\"content\":\"");
            for (var end = Math.Min(text.Length + 2_000, size - 60); text.Length < end;)
                text.Append(turn);
            text.Append("\"}]}");
        }

        return Encoding.UTF8.GetBytes(text.Append("],\"tools\":[{\"name\":\"Bash\",\"input_schema\":{\"type\":\"object\"}}]}").ToString());
    }

    /// <summary>One text delta of a stream.</summary>
    public static byte[] Delta(Dialect dialect) => Encoding.UTF8.GetBytes(dialect switch
    {
        Dialect.Anthropic =>
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\" quick brown\"}}\n\n",
        Dialect.OpenAiChat =>
            "data: {\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"object\":\"chat.completion.chunk\",\"created\":1741570283,\"model\":\"gpt-4o-2024-08-06\","
            + "\"service_tier\":\"default\",\"system_fingerprint\":\"fp_fc9f1d7035\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" quick brown\"},\"logprobs\":null,"
            + "\"finish_reason\":null}],\"usage\":null}\n\n",
        _ =>
            "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":37,\"item_id\":\"msg_67c9fdcf37fc8190\",\"output_index\":0,"
            + "\"content_index\":0,\"delta\":\" quick brown\",\"logprobs\":[],\"obfuscation\":\"a1b2c3\"}\n\n",
    });
}
