using System.Diagnostics.CodeAnalysis;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Telemetry;

/// <summary>The closed vocabularies of the labels. None of them can grow with what callers send.</summary>
internal static class ExchangeLabels
{
    /// <summary>Stands where an exchange has no value, such as the provider of a refused one.</summary>
    public const string None = "none";

    /// <summary>Stands for every name beyond a bound.</summary>
    public const string Other = "other";

    /// <summary>The ends, by number.</summary>
    public static readonly string[] Ends =
        ["running", "ok", "client_error", "upstream_error", "client_gone", "timeout", "refused", "interrupted"];

    /// <summary>The classes of statuses, by first digit.</summary>
    public static readonly string[] StatusClasses = [None, "1xx", "2xx", "3xx", "4xx", "5xx"];

    /// <summary>The kinds of tokens. Some are parts of others, as the reference of the metrics says: they are not to be added up.</summary>
    public static readonly string[] TokenTypes = ["input", "output", "cache_read", "cache_write", "cache_write_5m", "cache_write_1h", "reasoning"];

    /// <summary>The class of a status as an index of <see cref="StatusClasses"/>.</summary>
    public static int StatusClass(int? status) => status is >= 100 and < 600 ? status.Value / 100 : 0;

    /// <summary>The end as an index of <see cref="Ends"/>.</summary>
    public static int End(ExchangeEnd end) => (int)end < Ends.Length ? (int)end : 0;

    /// <summary>The call, in Gatehouse's own words.</summary>
    public static string Operation(ExchangeOperation operation) => operation switch
    {
        ExchangeOperation.Messages => "messages",
        ExchangeOperation.CountTokens => "count_tokens",
        ExchangeOperation.ChatCompletions => "chat_completions",
        ExchangeOperation.Responses => "responses",
        ExchangeOperation.ResponsesCompact => "responses_compact",
        ExchangeOperation.ResponsesInputTokens => "responses_input_tokens",
        ExchangeOperation.ResponsesGet => "responses_get",
        ExchangeOperation.ResponsesDelete => "responses_delete",
        ExchangeOperation.ResponsesInputItems => "responses_input_items",
        _ => Other,
    };

    /// <summary>The call in the words of <c>gen_ai.operation.name</c>, which knows one word for the three dialects' main calls.</summary>
    public static string GenAiOperation(ExchangeOperation operation) =>
        operation is ExchangeOperation.Messages or ExchangeOperation.ChatCompletions or ExchangeOperation.Responses
            ? "chat"
            : Operation(operation);

    /// <summary>Whether a text is one word that may serve as a label: upstreams put sentences into an error's <c>type</c> now and then.</summary>
    public static bool IsWord([NotNullWhen(true)] string? text)
    {
        if (text is not { Length: > 0 and <= 48 }) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')) return false;
        }

        return true;
    }
}
