using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Server;

/// <summary>An endpoint of a simulated vendor.</summary>
internal enum Endpoint
{
    Unknown, Messages, CountTokens, Models, Model, Chat, Responses, Compact, InputTokens, StoredResponse, InputItems,
}

/// <summary>Which endpoint a method and path mean.</summary>
internal static class Routes
{
    /// <summary>Finds the endpoint; the id in the path, if it has one, is given back undecoded.</summary>
    public static (Endpoint Endpoint, string Id) Match(string method, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || parts[0] != "v1") return (Endpoint.Unknown, "");
        return (method, parts[1..]) switch
        {
            ("POST", ["messages"]) => (Endpoint.Messages, ""),
            ("POST", ["messages", "count_tokens"]) => (Endpoint.CountTokens, ""),
            ("GET", ["models"]) => (Endpoint.Models, ""),
            ("GET", ["models", .. var id]) => (Endpoint.Model, string.Join('/', id)),
            ("POST", ["chat", "completions"]) => (Endpoint.Chat, ""),
            ("POST", ["responses"]) => (Endpoint.Responses, ""),
            ("POST", ["responses", "compact"]) => (Endpoint.Compact, ""),
            ("POST", ["responses", "input_tokens"]) => (Endpoint.InputTokens, ""),
            ("GET" or "DELETE", ["responses", var id]) => (Endpoint.StoredResponse, id),
            ("GET", ["responses", var id, "input_items"]) => (Endpoint.InputItems, id),
            _ => (Endpoint.Unknown, ""),
        };
    }

    /// <summary>Whose words an endpoint uses; unknown and shared ones go by the headers and the path.</summary>
    public static Vendor VendorOf(Endpoint endpoint, string path, bool sendsAnthropicVersion) => endpoint switch
    {
        Endpoint.Messages or Endpoint.CountTokens => Vendor.Anthropic,
        Endpoint.Models or Endpoint.Model or Endpoint.Unknown =>
            sendsAnthropicVersion || path.StartsWith("/v1/messages", StringComparison.Ordinal) ? Vendor.Anthropic : Vendor.OpenAi,
        _ => Vendor.OpenAi,
    };
}
