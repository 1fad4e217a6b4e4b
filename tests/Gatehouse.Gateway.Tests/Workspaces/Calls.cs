using System.Text.Json;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Hostile;

namespace Gatehouse.Gateway.Tests.Workspaces;

/// <summary>Calls as workspaces make them, and answers as providers give them.</summary>
internal static class Calls
{
    public const string Messages = "anthropic/v1/messages";
    public const string CountTokens = "anthropic/v1/messages/count_tokens";
    public const string Chat = "openai/v1/chat/completions";
    public const string Responses = "openai/v1/responses";

    public static string Message(long input, long output) =>
        $$$"""{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":{{{input}}},"output_tokens":{{{output}}}}}""";

    public static string Completion(long input, long output) =>
        $$$"""{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":{{{input}}},"completion_tokens":{{{output}}},"total_tokens":{{{input + output}}}}}""";

    public static string Response(int input, int output) =>
        $$$"""{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"m","output":[{"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hi","annotations":[]}]}],"usage":{"input_tokens":{{{input}}},"output_tokens":{{{output}}},"total_tokens":{{{input + output}}}}}""";

    /// <summary>A good body for a path.</summary>
    public static string Body(string path, string? model = null)
    {
        var good = path.Contains("messages", StringComparison.Ordinal) ? Door.Messages.Good
            : path.Contains("chat", StringComparison.Ordinal) ? Door.Chat.Good : Door.Responses.Good;
        return model is null ? good : good.Replace("claude-x", model, StringComparison.Ordinal).Replace("gpt-x", model, StringComparison.Ordinal);
    }

    /// <summary>Calls with the token in the path, and with nothing of it anywhere else.</summary>
    public static async Task<(HttpResponseMessage Response, string Body)> ByPathAsync(
        GatewayHarness gateway, string token, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        var request = gateway.Post($"/ai/proxy/{token}/{path}", body ?? Body(path));
        request.Headers.Authorization = null;
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await gateway.SendAsync(request);
    }

    /// <summary>The word of an error that Gatehouse itself made; null for an error of the provider.</summary>
    public static string? OwnWord(HttpResponseMessage response) =>
        response.Headers.TryGetValues("x-gatehouse-error", out var values) ? values.Single() : null;

    /// <summary>The ids that a list of models names.</summary>
    public static IReadOnlyList<string> ModelIds(string list)
    {
        using var json = JsonDocument.Parse(list);
        return [.. json.RootElement.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()!)];
    }
}
