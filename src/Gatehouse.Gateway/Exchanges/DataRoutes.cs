using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>What a path of the data plane turned out to be.</summary>
internal enum PathKind : byte
{
    /// <summary>No path of the data plane.</summary>
    None,

    /// <summary>A call that becomes an exchange.</summary>
    Exchange,

    /// <summary>A list of models, or one model.</summary>
    Models,

    /// <summary>A known path with a method that it does not have.</summary>
    WrongMethod,
}

/// <summary>A matched path.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Route">The call, for Exchange and WrongMethod.</param>
/// <param name="ModelId">The model's id in the path, for Models; null for the list.</param>
/// <param name="Allow">The methods that the path has, for WrongMethod.</param>
internal readonly record struct PathMatch(PathKind Kind, DataRoute Route, string? ModelId, string? Allow)
{
    /// <summary>Whether the path is one of models, whatever the method.</summary>
    public bool IsOfModels { get; init; }
}

/// <summary>
/// Matches request paths. Endpoint routing is not used: the same few calls are tolerated under <c>/v1</c>, a doubled <c>/v1/v1</c>, bare, and
/// under <c>/anthropic</c> and <c>/openai</c>, because clients append their own <c>/v1</c> to base addresses in every way.
/// </summary>
internal static class DataRoutes
{
    /// <summary>Matches a decoded path and its method; query strings play no part.</summary>
    public static PathMatch Match(string path, string method)
    {
        var rest = Strip(path);
        if (rest.SequenceEqual("/messages")) return Post(ExchangeOperation.Messages, method);
        if (rest.SequenceEqual("/messages/count_tokens")) return Post(ExchangeOperation.CountTokens, method);
        if (rest.SequenceEqual("/chat/completions")) return Post(ExchangeOperation.ChatCompletions, method);
        if (rest.SequenceEqual("/responses")) return Post(ExchangeOperation.Responses, method);
        if (rest.SequenceEqual("/responses/compact")) return Post(ExchangeOperation.ResponsesCompact, method);
        if (rest.SequenceEqual("/responses/input_tokens")) return Post(ExchangeOperation.ResponsesInputTokens, method);
        if (rest.StartsWith("/responses/")) return StoredResponse(rest["/responses/".Length..], method);
        if (rest.SequenceEqual("/models")) return Models(null, method);
        // The vendors' libraries escape the slash of "vendor/model", the one character that a decoded path keeps escaped.
        if (rest.StartsWith("/models/") && rest.Length > "/models/".Length)
            return Models(rest["/models/".Length..].ToString().Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), method);
        return default;
    }

    private static ReadOnlySpan<char> Strip(ReadOnlySpan<char> path)
    {
        if (path.Length > 1 && path[^1] == '/') path = path[..^1];
        if (path.StartsWith("/anthropic/")) path = path["/anthropic".Length..];
        else if (path.StartsWith("/openai/")) path = path["/openai".Length..];
        for (var i = 0; i < 2 && path.StartsWith("/v1/"); i++) path = path["/v1".Length..];
        return path;
    }

    private static PathMatch Post(ExchangeOperation operation, string method) =>
        new(method == "POST" ? PathKind.Exchange : PathKind.WrongMethod, new DataRoute(operation, null), null, "POST");

    private static PathMatch Models(string? id, string method) =>
        new(method is "GET" or "HEAD" ? PathKind.Models : PathKind.WrongMethod, new DataRoute(ExchangeOperation.Responses, null), id, "GET, HEAD") { IsOfModels = true };

    private static PathMatch StoredResponse(ReadOnlySpan<char> rest, string method)
    {
        var slash = rest.IndexOf('/');
        var id = (slash < 0 ? rest : rest[..slash]).ToString();
        if (id.Length == 0 || (slash >= 0 && !rest[slash..].SequenceEqual("/input_items"))) return default;
        var operation = slash >= 0 ? ExchangeOperation.ResponsesInputItems
            : method == "DELETE" ? ExchangeOperation.ResponsesDelete
            : ExchangeOperation.ResponsesGet;
        var route = new DataRoute(operation, id);
        return new(method == route.Method ? PathKind.Exchange : PathKind.WrongMethod, route, null, slash >= 0 ? "GET" : "GET, DELETE");
    }
}
