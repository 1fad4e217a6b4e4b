using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToChat;

/// <summary>Writes a Responses request as a chat request: what seldom changes first, the conversation last.</summary>
internal static class RequestMap
{
    /// <summary>Writes the body, or leaves the reason why not in the attempt.</summary>
    public static void Write(ReadOnlySpan<byte> body, ResponsesToChatRequest attempt)
    {
        var request = ResponsesRequest.Read(body, attempt);
        if (attempt.Refusal is not null) return;
        var items = InputItems.Read(ref request, attempt);
        if (attempt.Refusal is not null) return;
        ResponsesEcho.Write(request.Root, attempt.Echo);
        var wish = ToolWish.Read(request.ToolChoice, attempt);
        var format = OutputFormat.Read(request.Format, Dialect.OpenAiChat, attempt);
        if (attempt.Refusal is not null) return;

        var json = new JsonWriter(attempt.Body);
        json.BeginObject();
        json.String("model"u8, attempt.Context.ModelSent);
        SamplingMap.Write(json, request, attempt);
        ToolMap.Write(json, request, items, wish, format, attempt);
        if (attempt.Context.UpstreamStreams)
        {
            json.Bool("stream"u8, true);
            if (attempt.Context.AsksUsage) json.Raw("stream_options"u8, """{"include_usage":true}"""u8);
        }

        var messages = new MessageMap(request, items, attempt, json);
        messages.Write();
        json.EndObject();
        if (attempt.Names.IsOverfull) attempt.Refuse("tools", ToolNames.TooMany);
        if (attempt.Refusal is not null) attempt.Body.Clear();
    }
}
