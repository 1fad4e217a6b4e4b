namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>What OpenAI's Responses refuses of calls that its models could serve.</summary>
internal static class ResponsesRules
{
    /// <summary>The least output, in tokens, that may be asked for.</summary>
    public const int LeastOutput = 16;

    /// <summary>The effort beside a search of the web, which is refused with minimal effort.</summary>
    public static Effort BesideSearch(Effort effort, IReadOnlyList<Effort> accepted) => effort == Effort.Minimal ? EffortScale.Clamp(Effort.Low, accepted) : effort;
}
