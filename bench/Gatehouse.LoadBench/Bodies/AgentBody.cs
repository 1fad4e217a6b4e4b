using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gatehouse.LoadBench.Bodies;

/// <summary>
/// Requests as a coding agent sends them: a system prompt, tools with schemas, and turns of tool calls with results full of code, written as
/// JavaScript writes JSON. Made without randomness, so that every run and every proxy gets the same bytes.
/// </summary>
internal static class AgentBody
{
    private static readonly string[] s_code =
    [
        "    public async Task<int> ReadAsync(Memory<byte> buffer)\n    {\n        if (buffer.Length == 0) return 0;\n\t\tvar name = \"C:\\\\temp\\\\file.txt\";\n    }\n",
        "import { readFile } from \"node:fs/promises\";\nexport const parse = (s) => s.split(/\\s+/).map((w) => `\"${w}\"`);\n",
        "$ git status --short\n M src/app/main.py\n?? notes/plan.md\n$ grep -rn \"open\" src | head -3\nsrc/a.py:12:\t# open: \"quoted\"\n",
        "{\n  \"name\": \"demo\",\n  \"scripts\": { \"test\": \"node --test \\\"test/**/*.js\\\"\" }\n}\n",
        "The function reads the whole file, which for large inputs costs more than it should; a stream would do.\n\n",
    ];

    /// <summary>A Messages request of exactly the given size in bytes (at least 700).</summary>
    public static byte[] Make(int size, bool stream, string model)
    {
        var body = Write(size, stream, model, padding: 0);
        var missing = size - body.Length;
        return missing >= 0 ? Write(size, stream, model, missing) : throw new ArgumentOutOfRangeException(nameof(size));
    }

    private static byte[] Write(int size, bool stream, string model, int padding)
    {
        var output = new ArrayBufferWriter<byte>(size + 1024);
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            json.WriteNumber("max_tokens", 32000);
            json.WriteStartArray("messages");
            WriteMessage(json, "user", new string('x', padding) + "Find out why the tests fail and mend it.");
            for (var turn = 0; json.BytesCommitted + json.BytesPending < size - 4200; turn++) WriteTurn(json, turn);
            json.WriteEndArray();
            json.WriteStartArray("system");
            json.WriteStartObject();
            json.WriteString("type", "text");
            json.WriteString("text", "You are a coding agent. Be brief.");
            json.WritePropertyName("cache_control");
            json.WriteRawValue("""{"type":"ephemeral"}""");
            json.WriteEndObject();
            json.WriteEndArray();
            if (size > 8000) WriteTools(json);
            json.WritePropertyName("metadata");
            json.WriteRawValue("""{"user_id":"user_0123456789abcdef_account__session_0199f3a2-7f4e-7cc1-9d0a-3f0f6a9c1b11"}""");
            json.WriteBoolean("stream", stream);
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>An assistant's tool call and its result: about 2 KB.</summary>
    private static void WriteTurn(Utf8JsonWriter json, int turn)
    {
        var id = $"toolu_01{turn:D22}";
        json.WriteStartObject();
        json.WriteString("role", "assistant");
        json.WriteStartArray("content");
        json.WriteRawValue($$$"""{"type":"text","text":"I read file number {{{turn}}}."}""");
        json.WriteRawValue($$$"""{"type":"tool_use","id":"{{{id}}}","name":"Read","input":{"file_path":"/srv/project/src/file{{{turn}}}.cs","limit":200}}""");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("role", "user");
        json.WriteStartArray("content");
        json.WriteStartObject();
        json.WriteString("type", "tool_result");
        json.WriteString("tool_use_id", id);
        json.WriteString("content", string.Concat(Enumerable.Range(turn, 14).Select(i => s_code[i % s_code.Length])));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", text);
        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json)
    {
        json.WriteStartArray("tools");
        foreach (var name in new[] { "Bash", "Read", "Edit", "Grep" })
        {
            json.WriteRawValue($$$"""{"name":"{{{name}}}","description":"Does what its name says.\nUse it often.","input_schema":{"type":"object","properties":{"path":{"type":"string","description":"An absolute path"},"limit":{"type":"integer","minimum":1}},"required":["path"]}}""");
        }

        json.WriteEndArray();
    }
}
