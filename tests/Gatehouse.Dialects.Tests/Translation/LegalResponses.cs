using Gatehouse.Dialects.Errors;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>The rules of a Responses stream.</summary>
internal static class LegalResponses
{
    public static void Check(List<(string Name, string Data)> events, DialectError? failure)
    {
        for (var i = 0; i < events.Count; i++)
        {
            var data = LegalStream.Json(events[i].Data);
            data.GetProperty("type").GetString().ShouldBe(events[i].Name);
            data.GetProperty("sequence_number").GetInt32().ShouldBe(i);
        }

        if (failure is null) events[^1].Name.ShouldBeOneOf("response.completed", "response.incomplete");
        else events[^1].Name.ShouldBeOneOf("response.failed", "error");
    }
}
