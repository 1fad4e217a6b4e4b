using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToResponses;

/// <summary>Code that the provider ran, as a Messages client knows it: a <c>server_tool_use</c> block and its <c>code_execution_tool_result</c>.</summary>
internal static class CodeCarry
{
    /// <summary>Writes a finished <c>code_interpreter_call</c> to the client.</summary>
    /// <param name="item">The item.</param>
    /// <param name="id">The id that the client is given for it, plain.</param>
    /// <param name="stream">The client's stream.</param>
    /// <param name="attempt">The attempt.</param>
    public static void Show(JsonView item, ReadOnlySpan<byte> id, MessagesStream stream, ResponsesAttempt attempt)
    {
        using var input = new PooledBuffer();
        var json = new JsonWriter(input);
        json.BeginObject();
        json.EscapedString("code"u8, item["code"u8].Escaped);
        json.EndObject();
        stream.OpenTool("server_tool_use"u8, id, "code_execution"u8);
        stream.InputJson(input.Written);
        stream.Close();
        json = stream.BeginWhole("code_execution_tool_result"u8);
        json.String("tool_use_id"u8, id);
        json.BeginObject("content"u8);
        var failed = item["status"u8].Is("failed"u8);
        json.String("type"u8, "code_execution_result"u8);
        json.Name("stdout"u8);
        json.BeginString();
        foreach (var output in item["outputs"u8].Items)
        {
            if (output["type"u8].Is("logs"u8)) json.AppendEscaped(output["logs"u8].Escaped);
            else attempt.Lose(AnthropicToResponsesLosses.CodeImages);
        }

        json.EndString();
        json.String("stderr"u8, ""u8);
        json.Number("return_code"u8, failed ? 1 : 0);
        json.BeginArray("content"u8);
        json.EndArray();
        json.EndObject();
        stream.EndWhole();
    }
}
