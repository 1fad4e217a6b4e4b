using System.Globalization;
using System.Text;
using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Tap;

/// <summary>
/// Carries what was found in one event or document over into the facts of the answer. Reports are cumulative in all dialects:
/// what is present replaces, what is absent or null erases nothing, and nothing is ever added up.
/// </summary>
internal static class FactReading
{
    /// <summary>Takes over the token counts, the service tier and the server tools.</summary>
    public static void TakeUsage(ResponseFacts facts, FieldValues found)
    {
        ref var usage = ref facts.Usage;
        usage.Input = found.Number(Field.Input) ?? usage.Input;
        usage.Output = found.Number(Field.Output) ?? usage.Output;
        usage.CacheRead = found.Number(Field.CacheRead) ?? found.Number(Field.CacheHit) ?? usage.CacheRead;
        usage.CacheWrite = found.Number(Field.CacheWrite) ?? found.Number(Field.CacheCreation) ?? usage.CacheWrite;
        usage.CacheWrite5m = found.Number(Field.CacheWrite5m) ?? usage.CacheWrite5m;
        usage.CacheWrite1h = found.Number(Field.CacheWrite1h) ?? usage.CacheWrite1h;
        usage.Reasoning = found.Number(Field.Reasoning) ?? usage.Reasoning;
        facts.ServiceTier = Latest(facts.ServiceTier, found, Field.ServiceTier);
        for (var i = 0; i < found.ServerTools; i++)
        {
            var name = Encoding.UTF8.GetString(found.ServerTool(i, out var count));
            // Each report may name others: what is made up must not grow with the stream.
            if (facts.ServerTools is { Count: >= FieldValues.MostServerTools } known && !known.ContainsKey(name))
                continue;
            (facts.ServerTools ??= [])[name] = count;
        }
    }

    /// <summary>Takes over the answer's id and model.</summary>
    public static void TakeIdentity(ResponseFacts facts, FieldValues found)
    {
        facts.ResponseId = Latest(facts.ResponseId, found, Field.Id);
        facts.Model = Latest(facts.Model, found, Field.Model);
    }

    /// <summary>Takes over why the model stopped: Anthropic and Chat have a word for it, Responses a status and perhaps a reason.</summary>
    public static void TakeStopReason(ResponseFacts facts, FieldValues found)
    {
        facts.StopReason = Latest(facts.StopReason, found, Field.Status);
        facts.StopReason = Latest(facts.StopReason, found, Field.IncompleteReason);
        facts.StopReason = Latest(facts.StopReason, found, Field.StopReason);
    }

    /// <summary>Takes over the error's type, else its code; an error that names neither is called <c>error</c>.</summary>
    public static void TakeError(TapState state, FieldValues found)
    {
        state.SawError = true;
        var word = Latest(null, found, Field.ErrorType) ?? Latest(null, found, Field.ErrorCode);
        word ??= found.Number(Field.ErrorCode)?.ToString(CultureInfo.InvariantCulture);
        state.Facts.ErrorType = word ?? state.Facts.ErrorType ?? "error";
    }

    /// <summary>Whether an error stands where the dialect has it.</summary>
    public static bool HasError(FieldValues found) => found.Kind(Field.Error) is not (JsonKind.None or JsonKind.Null or JsonKind.False);

    /// <summary>The newly found string, or the one known before. Allocates only when it is a new one.</summary>
    public static string? Latest(string? known, FieldValues found, Field field)
    {
        var text = found.Text(field, out var escaped);
        if (text.IsEmpty || (known is not null && Ascii.Equals(text, known)))
            return known;
        return JsonText.Read(text, escaped);
    }
}
