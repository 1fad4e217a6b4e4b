using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Control.Api;

/// <summary>What went wrong, by RFC 9457, with a code that programs can rely on.</summary>
/// <param name="Type">Names the code as an address; it leads nowhere.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong and what helps, for people. Holds no secret.</param>
/// <param name="Code">The same for programs. Never renamed.</param>
internal sealed record ApiProblem(string Type, string Title, int Status, string Detail, string Code)
{
    /// <summary>What went wrong in OAuth's own words, on its routes; null on others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <summary>The detail as OAuth calls it, on its routes; null on others.</summary>
    [JsonPropertyName("error_description"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ErrorDescription { get; init; }

    /// <summary>Makes one.</summary>
    public static ApiProblem Of(int status, string code, string detail) => new(
        $"urn:gatehouse:problem:{code}", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), status, detail, code);
}

/// <summary>What a route answers: a value, a text, or what went wrong.</summary>
internal sealed record ApiAnswer
{
    /// <summary>The status; null for the route's own.</summary>
    public int? Status { get; init; }

    /// <summary>The value, as JSON.</summary>
    public object? Value { get; init; }

    /// <summary>Writes the JSON itself, where the value is no plain data.</summary>
    public Action<Utf8JsonWriter>? Write { get; init; }

    /// <summary>Comma-separated values.</summary>
    public string? Csv { get; init; }

    /// <summary>What went wrong; null when nothing did.</summary>
    public ApiProblem? Problem { get; init; }

    /// <summary>In how many seconds to come again; null when there is nothing to wait for.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The same with OAuth's members in what went wrong.</summary>
    public ApiAnswer InOAuth() => Problem is { Error: null } problem
        ? this with { Problem = problem with { Error = problem.Code.Replace('-', '_'), ErrorDescription = problem.Detail } } : this;

    /// <summary>A value.</summary>
    public static ApiAnswer Of(object value) => new() { Value = value };

    /// <summary>A list.</summary>
    public static ApiAnswer All<T, TShown>(IEnumerable<T> all, Func<T, TShown> show) => Of(new Listed<TShown>([.. all.Select(show)]));

    /// <summary>What an editor said.</summary>
    public static ApiAnswer Of<T>(Edited<T> edited, Func<T, object> show)
        where T : class => edited.Value is { } value ? Of(show(value)) : Refused(edited.Refusal, edited.Error!);

    /// <summary>What an editor said, where success has nothing to tell.</summary>
    public static ApiAnswer Gone<T>(Edited<T> edited)
        where T : class => edited.Value is not null ? new ApiAnswer { Status = StatusCodes.Status204NoContent } : Refused(edited.Refusal, edited.Error!);

    /// <summary>A refusal.</summary>
    public static ApiAnswer Refused(EditRefusal? refusal, string error)
    {
        var why = refusal ?? EditRefusal.Invalid;
        return Failed(StatusOf(why), why.Name(), error);
    }

    /// <summary>Something else that went wrong.</summary>
    public static ApiAnswer Failed(int status, string code, string detail) => new() { Status = status, Problem = ApiProblem.Of(status, code, detail) };

    private static int StatusOf(EditRefusal refusal) => refusal switch
    {
        EditRefusal.NotFound => StatusCodes.Status404NotFound,
        EditRefusal.Forbidden => StatusCodes.Status403Forbidden,
        EditRefusal.Conflict => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status400BadRequest,
    };
}

/// <summary>A list as an answer: an object, so that members can be added to it later.</summary>
/// <param name="Items">What is in it.</param>
internal sealed record Listed<T>(IReadOnlyList<T> Items);
