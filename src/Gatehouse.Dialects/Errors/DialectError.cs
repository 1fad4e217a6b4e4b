namespace Gatehouse.Dialects.Errors;

/// <summary>What went wrong, whatever the dialect that has to say it.</summary>
public enum ErrorKind : byte
{
    /// <summary>400.</summary>
    InvalidRequest,

    /// <summary>401.</summary>
    Authentication,

    /// <summary>403.</summary>
    Permission,

    /// <summary>404.</summary>
    NotFound,

    /// <summary>405.</summary>
    MethodNotAllowed,

    /// <summary>413.</summary>
    TooLarge,

    /// <summary>415.</summary>
    UnsupportedMediaType,

    /// <summary>429.</summary>
    RateLimited,

    /// <summary>429 as well, but for a budget that is spent for hours: trying again soon does not help.</summary>
    BudgetSpent,

    /// <summary>500: our own fault.</summary>
    Internal,

    /// <summary>502: the upstream could not be reached, or broke off.</summary>
    BadGateway,

    /// <summary>503: we can't take it now.</summary>
    Unavailable,

    /// <summary>504: the upstream did not answer in time.</summary>
    GatewayTimeout,

    /// <summary>529: overloaded.</summary>
    Overloaded,
}

/// <summary>An error in words that help: what happened, why, and what to do. Becomes a body or a stream event in the caller's dialect.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Message">One or two sentences for the person who reads the agent's screen. Holds no secret.</param>
/// <param name="Code">A stable machine word such as <c>model_not_found</c>, or null for the kind's own.</param>
/// <param name="Param">The request field at fault, or null.</param>
public sealed record DialectError(ErrorKind Kind, string Message, string? Code = null, string? Param = null)
{
    /// <summary>
    /// Further members of the error object, as JSON without braces (<c>"resets_at":1795564800</c>); empty for none. Clients skip the ones that they do
    /// not know.
    /// </summary>
    public ReadOnlyMemory<byte> Details { get; init; }

    /// <summary>The HTTP status under which callers of a dialect are told: 529 is Anthropic's own, which OpenAI's clients don't know.</summary>
    public int StatusFor(Dialect dialect) => Kind == ErrorKind.Overloaded && dialect != Dialect.Anthropic ? 503 : Status;

    /// <summary>Whether it is a provider's, said again; not what Gatehouse itself says.</summary>
    public bool IsProviders { get; init; }

    /// <summary>The HTTP status of <see cref="Kind"/>.</summary>
    public int Status => Kind switch
    {
        ErrorKind.InvalidRequest => 400,
        ErrorKind.Authentication => 401,
        ErrorKind.Permission => 403,
        ErrorKind.NotFound => 404,
        ErrorKind.MethodNotAllowed => 405,
        ErrorKind.TooLarge => 413,
        ErrorKind.UnsupportedMediaType => 415,
        ErrorKind.RateLimited or ErrorKind.BudgetSpent => 429,
        ErrorKind.BadGateway => 502,
        ErrorKind.Unavailable => 503,
        ErrorKind.GatewayTimeout => 504,
        ErrorKind.Overloaded => 529,
        _ => 500,
    };
}
