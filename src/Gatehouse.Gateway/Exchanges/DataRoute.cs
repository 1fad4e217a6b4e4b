using Gatehouse.Dialects;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>A call of the data plane, as its path names it.</summary>
/// <param name="Operation">Which call.</param>
/// <param name="ResponseId">The id in the path of a stored response, or null.</param>
internal readonly record struct DataRoute(ExchangeOperation Operation, string? ResponseId)
{
    /// <summary>The token that stood in the path; null when none has its place there.</summary>
    public PathToken? PathToken { get; init; }

    /// <summary>The dialect that the caller speaks: errors are written in it.</summary>
    public Dialect Dialect => Operation switch
    {
        ExchangeOperation.Messages or ExchangeOperation.CountTokens => Dialect.Anthropic,
        ExchangeOperation.ChatCompletions => Dialect.OpenAiChat,
        _ => Dialect.OpenAiResponses,
    };

    /// <summary>The one method that the call has.</summary>
    public string Method => Operation switch
    {
        ExchangeOperation.ResponsesGet or ExchangeOperation.ResponsesInputItems => "GET",
        ExchangeOperation.ResponsesDelete => "DELETE",
        _ => "POST",
    };

    /// <summary>Whether the call carries a JSON body with a model in it.</summary>
    public bool HasBody => Method == "POST";

    /// <summary>Whether the call counts tokens and makes no model write.</summary>
    public bool Counts => Operation is ExchangeOperation.CountTokens or ExchangeOperation.ResponsesInputTokens;

    /// <summary>What follows the endpoint's base address upstream.</summary>
    public string UpstreamPath => Operation switch
    {
        ExchangeOperation.Messages => "/v1/messages",
        ExchangeOperation.CountTokens => "/v1/messages/count_tokens",
        ExchangeOperation.ChatCompletions => "/chat/completions",
        ExchangeOperation.Responses => "/responses",
        ExchangeOperation.ResponsesCompact => "/responses/compact",
        ExchangeOperation.ResponsesInputTokens => "/responses/input_tokens",
        ExchangeOperation.ResponsesInputItems => $"/responses/{Uri.EscapeDataString(ResponseId!)}/input_items",
        _ => $"/responses/{Uri.EscapeDataString(ResponseId!)}",
    };
}
