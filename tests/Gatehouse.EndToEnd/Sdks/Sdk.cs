using System.Text.Json;
using Gatehouse.Dialects;

namespace Gatehouse.EndToEnd.Sdks;

/// <summary>
/// A vendor's library and the interface of it that is used. Each plays the same scenarios, and tells what its user sees in the same members: <c>text</c>,
/// <c>stop</c>, <c>input</c>, <c>output</c>, <c>cached</c>, <c>city</c>, <c>cities</c>, <c>ids</c>, <c>error</c>, <c>status</c>, <c>last</c>.
/// </summary>
/// <param name="Name">For the names of tests.</param>
/// <param name="Dialect">What it speaks.</param>
/// <param name="RunAsync">Plays a scenario: gateway, token, scenario, model, prompt.</param>
/// <param name="Errors">The names of its errors for a bad request, too many requests, a failure of the server, and an abort.</param>
internal sealed record Sdk(string Name, Dialect Dialect, Func<Uri, string, string, string, string, Task<JsonElement>> RunAsync, string[] Errors)
{
    private static readonly string[] s_nodeErrors = ["BadRequestError", "RateLimitError", "InternalServerError", "APIUserAbortError"];
    private static readonly string[] s_clientResult = [.. Enumerable.Repeat("ClientResultException", 3), "OperationCanceledException"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Sdk> All { get; } =
    [
        new("node anthropic", Dialect.Anthropic, Node("anthropic.mjs", ""), s_nodeErrors),
        new("node chat", Dialect.OpenAiChat, Node("openai.mjs", "chat"), s_nodeErrors),
        new("node responses", Dialect.OpenAiResponses, Node("openai.mjs", "responses"), s_nodeErrors),
        new("dotnet anthropic", Dialect.Anthropic, DotnetMessages.RunAsync,
            ["AnthropicBadRequestException", "AnthropicRateLimitException", "Anthropic5xxException", "OperationCanceledException"]),
        new("dotnet chat", Dialect.OpenAiChat, DotnetChat.RunAsync, s_clientResult),
        new("dotnet responses", Dialect.OpenAiResponses, DotnetResponses.RunAsync, s_clientResult),
    ];

    /// <summary>The one of a name.</summary>
    public static Sdk Named(string name) => All.Single(sdk => sdk.Name == name);

    /// <summary>Plays a scenario of a .NET library: what failed is told, as the Node scripts do.</summary>
    internal static async Task<JsonElement> SayAsync(Func<Task<object>> scenario)
    {
        try
        {
            return JsonSerializer.SerializeToElement(await scenario());
        }
        catch (OperationCanceledException)
        {
            return JsonSerializer.SerializeToElement(new { error = nameof(OperationCanceledException) });
        }
        catch (Exception error)
        {
            var status = error switch
            {
                System.ClientModel.ClientResultException failed => failed.Status,
                Anthropic.Exceptions.AnthropicApiException failed => (int)failed.StatusCode,
                _ => 0,
            };
            return JsonSerializer.SerializeToElement(new { error = error.GetType().Name, status, message = error.Message });
        }
    }

    private static Func<Uri, string, string, string, string, Task<JsonElement>> Node(string script, string prefix) =>
        (gateway, token, scenario, model, prompt) => NodeScript.RunAsync(
            script, gateway, token, (prefix, scenario) switch
            {
                ("", _) => scenario,
                // Chat Completions tells usage in a stream when it is asked for.
                ("chat", "stream") => "chatStreamUsage",
                _ => $"{prefix}{char.ToUpperInvariant(scenario[0])}{scenario[1..]}",
            }, model, prompt);
}
