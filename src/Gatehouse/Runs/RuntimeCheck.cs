using System.Text.RegularExpressions;
using Gatehouse.Control.Runtime;

namespace Gatehouse.Runs;

/// <summary>
/// Holds what a server says that a harness is to be started with to what a runner may do with it: every address in it is the server's own, and
/// the word that stands in a key's place is not taken for a login.
/// </summary>
internal static partial class RuntimeCheck
{
    /// <summary>What is wrong with it; null when nothing is.</summary>
    /// <param name="key">What was answered.</param>
    /// <param name="server">The server that was asked.</param>
    public static string? Fault(AgentKey key, Uri server)
    {
        string[] texts = [.. key.Environment.Values, key.Inference?.BaseUrl ?? "", .. key.Files.Where(file => !file.IsLogin).Select(file => file.Content.Reveal())];
        var addresses = texts.SelectMany(text => Address().Matches(text).Select(found => found.Value));
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

    // Also inside of a whole configuration in a variable or a file.
    [GeneratedRegex("""[A-Za-z][A-Za-z0-9+.-]*://[^\s"'\\,]*""", RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
