using System.Text.Json;
using Gatehouse.Dialects.Errors;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>
/// The rules of a chat stream: one answer from its first chunk to its last, the role first, calls numbered in order and named once, one
/// <c>finish_reason</c>, nothing behind it but the usage and the end.
/// </summary>
internal static class LegalChat
{
    public static void Check(List<(string Name, string Data)> events, DialectError? failure)
    {
        events.ShouldNotBeEmpty();
        var (id, calls, finished, hasUsage) = ((string?)null, 0, false, false);
        for (var i = 0; i < events.Count; i++)
        {
            var (name, text) = events[i];
            name.ShouldBeEmpty();
            if (i == events.Count - 1)
            {
                if (failure is null) text.ShouldBe("[DONE]");
                else LegalStream.Json(text).GetProperty("error").GetProperty("message").Words().ShouldNotBeNullOrEmpty();
                (finished || failure is not null).ShouldBeTrue("a good end needs a finish_reason");
                return;
            }

            var chunk = LegalStream.Json(text);
            chunk.GetProperty("object").Words().ShouldBe("chat.completion.chunk");
            (id ??= chunk.GetProperty("id").Words()).ShouldBe(chunk.GetProperty("id").Words());
            hasUsage.ShouldBeFalse("the usage is the last chunk");
            if (chunk.GetProperty("choices").GetArrayLength() == 0)
            {
                finished.ShouldBeTrue("the usage follows the finish_reason");
                hasUsage = chunk.GetProperty("usage").ValueKind == JsonValueKind.Object;
                hasUsage.ShouldBeTrue();
                continue;
            }

            finished.ShouldBeFalse("nothing follows the finish_reason");
            var choice = chunk.GetProperty("choices")[0];
            choice.GetProperty("index").GetInt32().ShouldBe(0);
            var delta = choice.GetProperty("delta");
            delta.TryGetProperty("role", out _).ShouldBe(i == 0, "the role comes first, and once");
            if (delta.TryGetProperty("tool_calls", out var tools)) CheckCall(tools[0], ref calls);
            finished = choice.GetProperty("finish_reason").ValueKind == JsonValueKind.String;
        }
    }

    private static void CheckCall(JsonElement call, ref int calls)
    {
        var index = call.GetProperty("index").GetInt32();
        if (!call.TryGetProperty("id", out var id))
        {
            index.ShouldBeInRange(0, calls - 1, "pieces belong to a call that began");
            return;
        }

        id.Words().ShouldNotBeNullOrEmpty();
        index.ShouldBe(calls++, "calls are numbered in order");
        var type = call.GetProperty("type").Words();
        type.ShouldBeOneOf("function", "custom");
        call.GetProperty(type!).GetProperty("name").ValueKind.ShouldBe(JsonValueKind.String);
    }
}
