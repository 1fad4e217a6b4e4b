using Gatehouse.Control.Runtime;

namespace Gatehouse.Runs;

/// <summary>
/// Holds what a server says that a harness is to be started with to what a runner may do with it: every address in it is the server's own, and
/// the word that stands in a key's place is not taken for a login.
/// </summary>
internal static class RuntimeCheck
{
    /// <summary>What is wrong with it; null when nothing is.</summary>
    /// <param name="key">What was answered.</param>
    /// <param name="server">The server that was asked.</param>
    public static string? Fault(AgentKey key, Uri server)
    {
        var addresses = key.Environment.Values.Append(key.Inference?.BaseUrl ?? "").Where(text => text.Contains("://", StringComparison.Ordinal) && !text.StartsWith('{'));
        if (addresses.FirstOrDefault(text => !IsOf(text, server)) is not null)
            return $"The server at {server.GetLeftPart(UriPartial.Authority)} answered with an address of another one. The run's token would be sent there; nothing was started.";
        var logins = key.Files.Where(file => file.IsLogin).Select(file => file.Content.Reveal());
        return key.Inference is null && logins.Append(key.ApiKey.Reveal()).Any(AgentKey.IsSentinel)
            ? "The server answered with the word that stands in a key's place where a login should be; nothing was started."
            : null;
    }

    private static bool IsOf(string text, Uri server) =>
        Uri.TryCreate(text.Replace(AgentKey.TokenPlace, "token", StringComparison.Ordinal), UriKind.Absolute, out var address)
        && Uri.Compare(address, server, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0
        && address.UserInfo.Length == 0;
}
