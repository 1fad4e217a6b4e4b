using System.Globalization;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>Reads numbers of a chat request; anything else refuses it, with the range in the message.</summary>
internal static class ChatNumber
{
    /// <summary>Reads a number within a range. False when it is absent, or when the request is refused for it.</summary>
    public static bool TryRead(ChatEdgeRequest request, JsonView field, string param, double least, double most, out double value)
    {
        value = 0;
        if (field.IsNullOrAbsent) return false;
        if (field.TryNumber(out value) && value >= least && value <= most) return true;
        request.Refuse(
            param,
            most >= int.MaxValue
                ? string.Create(CultureInfo.InvariantCulture, $"'{param}' must be a number of at least {least}.")
                : string.Create(CultureInfo.InvariantCulture, $"'{param}' must be a number from {least} to {most}."));
        return false;
    }

    /// <summary>The output limit in its two spellings; null when the client sets none.</summary>
    public static long? MaxTokens(ChatEdgeRequest request, ChatFields fields)
    {
        if (TryRead(request, fields.MaxCompletionTokens, "max_completion_tokens", 1, int.MaxValue, out var completion)) return (long)completion;
        return TryRead(request, fields.MaxTokens, "max_tokens", 1, int.MaxValue, out var tokens) ? (long)tokens : null;
    }
}
