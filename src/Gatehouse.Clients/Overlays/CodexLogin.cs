using Gatehouse.Clients.Programs;
using Gatehouse.Clients.Reports;
using Gatehouse.Secrets;

namespace Gatehouse.Clients.Overlays;

/// <summary>
/// Codex for one run with a login of its vendor: the file as it is, in a folder of the run's own in the place of the person's, in which all
/// else is the person's by links. It is never a variable and never sent to the gateway.
/// </summary>
internal static class CodexLogin
{
    // The login itself, and databases, of which two programs must not see each other's locks under two names.
    private static readonly string[] _apart = ["auth.json", ".credentials.json"];

    // With the vendor's own provider, each would send the login to another host.
    private static readonly string[] _elsewhere = ["openai_base_url", "chatgpt_base_url", "model_providers.openai.base_url"];

    private const string RefreshVariable = "CODEX_REFRESH_TOKEN_URL_OVERRIDE";

    /// <summary>Makes it.</summary>
    public static ClientOverlay Make(OverlayRequest request, Secret file, Secret? refresh, IReadOnlyList<FoundFile> own)
    {
        if (!request.Isolated && own.FirstOrDefault(one => _elsewhere.Any(key => one.Value(key) is not null)) is { } settings)
        {
            return ClientOverlay.Refused(
                $"{settings.Path} names another address for the vendor's own service, and the login would be sent there. Take it out, or use --isolated.");
        }

        var folder = Path.Combine(request.Folder, "codex");
        var person = Codex.Folder(request.At);
        var login = Path.Combine(folder, "auth.json");
        string[] options = ["model_provider=\"openai\"", "cli_auth_credentials_store=\"file\"", .. request.Setup.Model is { } model ? new[] { $"model={CodexOverlay.Text(model.Name)}" } : []];
        return new ClientOverlay
        {
            Arguments = [.. options.SelectMany(option => new[] { "-c", option })],
            Set =
            [
                new("CODEX_HOME", folder), new("NO_BROWSER", "1"),
                .. refresh is null ? Array.Empty<KeyValuePair<string, string>>() : [new(RefreshVariable, refresh.Reveal())],
            ],
            // A person's own refresh address would be sent the refresh token.
            Unset = ["OPENAI_API_KEY", "OPENAI_BASE_URL", "CODEX_API_KEY", "CODEX_ACCESS_TOKEN", RefreshVariable],
            Files = [new OverlayFile(login, file.Reveal())],
            Links = request.Isolated || !Directory.Exists(person) ? [] : [.. Links(person, folder)],
            Login = login,
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> Links(string person, string folder)
    {
        // Made when missing, so that the sessions of this run are found again.
        Directory.CreateDirectory(Path.Combine(person, "sessions"));
        return Directory.EnumerateFileSystemEntries(person)
            .Where(entry => !_apart.Contains(Path.GetFileName(entry)) && !Path.GetFileName(entry).Contains(".sqlite", StringComparison.Ordinal))
            .Select(entry => new KeyValuePair<string, string>(Path.Combine(folder, Path.GetFileName(entry)), entry));
    }
}
