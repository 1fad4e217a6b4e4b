using Gatehouse.Dialects.Errors;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>The rules of a chat stream.</summary>
internal static class LegalChat
{
    public static void Check(List<(string Name, string Data)> events, DialectError? failure)
    {
        events.ShouldNotBeEmpty();
        foreach (var (name, data) in events)
        {
            name.ShouldBeEmpty();
            if (data != "[DONE]") LegalStream.Json(data).ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Object);
        }

        if (failure is null) events[^1].Data.ShouldBe("[DONE]");
        else LegalStream.Json(events[^1].Data).TryGetProperty("error", out _).ShouldBeTrue();
    }
}
