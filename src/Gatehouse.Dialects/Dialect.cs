namespace Gatehouse.Dialects;

/// <summary>A wire format that clients and providers speak. The numbers are written to the ledger: never renumber.</summary>
public enum Dialect : byte
{
    /// <summary>Anthropic Messages.</summary>
    Anthropic = 0,

    /// <summary>OpenAI Chat Completions.</summary>
    OpenAiChat = 1,

    /// <summary>OpenAI Responses.</summary>
    OpenAiResponses = 2,
}

/// <summary>The names of the dialects as they stand in configuration, metrics and the ledger.</summary>
public static class DialectNames
{
    /// <summary>Every dialect, in the order of their numbers.</summary>
    public static IReadOnlyList<Dialect> All { get; } = [Dialect.Anthropic, Dialect.OpenAiChat, Dialect.OpenAiResponses];

    /// <summary>The configuration name of a dialect: <c>anthropic</c>, <c>openai-chat</c> or <c>openai-responses</c>.</summary>
    public static string Name(this Dialect dialect) => dialect switch
    {
        Dialect.Anthropic => "anthropic",
        Dialect.OpenAiChat => "openai-chat",
        Dialect.OpenAiResponses => "openai-responses",
        _ => throw new ArgumentOutOfRangeException(nameof(dialect)),
    };

    /// <summary>Reads a configuration name; false when it names no dialect.</summary>
    public static bool TryParse(string? name, out Dialect dialect)
    {
        (dialect, var known) = name switch
        {
            "anthropic" => (Dialect.Anthropic, true),
            "openai-chat" => (Dialect.OpenAiChat, true),
            "openai-responses" => (Dialect.OpenAiResponses, true),
            _ => (default, false),
        };
        return known;
    }
}
