using System.Globalization;
using Gatehouse.Dialects.Errors;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Routing;

/// <summary>Which page of the models a caller asks for, by Anthropic's rules.</summary>
/// <param name="Limit">How many at most, 1–1000.</param>
/// <param name="AfterId">Only those behind this one; null for the beginning.</param>
/// <param name="BeforeId">Only those right before this one; null for none.</param>
internal sealed record ModelListQuery(int Limit, string? AfterId = null, string? BeforeId = null)
{
    /// <summary>How many Anthropic lists when not told otherwise.</summary>
    public const int DefaultLimit = 20;

    /// <summary>The most that can be asked for.</summary>
    public const int LargestLimit = 1000;

    /// <summary>Reads <c>limit</c>, <c>after_id</c> and <c>before_id</c>; the error is null when they are good.</summary>
    public static ModelListQuery Parse(IQueryCollection query, out DialectError? error)
    {
        error = null;
        var limit = DefaultLimit;
        if (query["limit"] is [{ } text, ..]
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > LargestLimit))
            error = new DialectError(ErrorKind.InvalidRequest, $"limit: must be a whole number from 1 to {LargestLimit}", Param: "limit");
        var (after, before) = (Text(query, "after_id"), Text(query, "before_id"));
        if (error is null && after is not null && before is not null)
            error = new DialectError(ErrorKind.InvalidRequest, "after_id and before_id can't be given together", Param: "before_id");
        return new ModelListQuery(error is null ? limit : DefaultLimit, after, before);
    }

    private static string? Text(IQueryCollection query, string name) => query[name] is [{ Length: > 0 } text, ..] ? text : null;
}
