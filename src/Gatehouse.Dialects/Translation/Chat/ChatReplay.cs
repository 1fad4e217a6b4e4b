using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>Writes a <c>chat.completion</c> as the chunks of the stream that would have brought it.</summary>
internal static class ChatReplay
{
    /// <summary>Writes the chunks and <c>[DONE]</c>. False, with nothing written, when the document is no whole answer.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> document, EventWriter events)
    {
        using var loan = IndexLoan.Take();
        if (!JsonView.TryParse(document, loan.Index, out var answer) || !IsAnswer(answer)) return false;
        foreach (var choice in answer["choices"u8].Items)
        {
            WriteDelta(events, answer, choice);
            WriteFinish(events, answer, choice);
        }

        if (answer["usage"u8].IsObject)
        {
            var json = BeginChunk(events, answer);
            json.BeginArray();
            json.EndArray();
            json.Raw("usage"u8, answer["usage"u8].Raw);
            json.EndObject();
            events.End();
        }

        events.Done();
        return true;
    }

    private static bool IsAnswer(JsonView answer)
    {
        if (!answer["error"u8].IsNullOrAbsent || answer["choices"u8].IsEmpty) return false;
        foreach (var choice in answer["choices"u8].Items)
        {
            if (!choice["message"u8].IsObject) return false;
        }

        return answer["choices"u8].IsArray;
    }

    /// <summary>Begins a chunk with everything that the answer says of itself, up to the value of <c>choices</c>.</summary>
    private static JsonWriter BeginChunk(EventWriter events, JsonView answer)
    {
        var json = events.Begin();
        json.BeginObject();
        foreach (var member in answer.Members)
        {
            if (member.Is("object"u8)) json.String("object"u8, "chat.completion.chunk"u8);
            else if (!member.Is("choices"u8) && !member.Is("usage"u8)) json.Raw(member.EscapedName, member.Value.Raw);
        }

        json.Name("choices"u8);
        return json;
    }

    private static void EndChunk(EventWriter events, JsonWriter json)
    {
        json.EndObject();
        json.EndArray();
        json.EndObject();
        events.End();
    }

    private static void WriteDelta(EventWriter events, JsonView answer, JsonView choice)
    {
        var json = BeginChunk(events, answer);
        BeginChoice(json, choice);
        json.BeginObject("delta"u8);
        foreach (var member in choice["message"u8].Members)
        {
            if (member.Is("tool_calls"u8) && member.Value.IsArray) WriteCalls(json, member.Value);
            else json.Raw(member.EscapedName, member.Value.Raw);
        }

        json.EndObject();
        foreach (var member in choice.Members)
        {
            if (!member.Is("message"u8) && !member.Is("index"u8) && !member.Is("finish_reason"u8)) json.Raw(member.EscapedName, member.Value.Raw);
        }

        json.Null("finish_reason"u8);
        EndChunk(events, json);
    }

    private static void WriteFinish(EventWriter events, JsonView answer, JsonView choice)
    {
        var json = BeginChunk(events, answer);
        BeginChoice(json, choice);
        json.BeginObject("delta"u8);
        json.EndObject();
        // A document is whole even where its host forgot to say why it ended.
        var reason = choice["finish_reason"u8];
        if (reason is { IsString: true, IsEmpty: false }) json.Raw("finish_reason"u8, reason.Raw);
        else json.String("finish_reason"u8, choice["message"u8]["tool_calls"u8].IsEmpty ? "stop"u8 : "tool_calls"u8);
        EndChunk(events, json);
    }

    private static void BeginChoice(JsonWriter json, JsonView choice)
    {
        json.BeginArray();
        json.BeginObject();
        json.Number("index"u8, choice["index"u8].TryInteger(out var index) ? index : 0);
    }

    private static void WriteCalls(JsonWriter json, JsonView calls)
    {
        json.BeginArray("tool_calls"u8);
        var index = 0;
        foreach (var call in calls.Items)
        {
            json.BeginObject();
            json.Number("index"u8, index++);
            foreach (var member in call.Members)
            {
                if (!member.Is("index"u8)) json.Raw(member.EscapedName, member.Value.Raw);
            }

            json.EndObject();
        }

        json.EndArray();
    }
}
