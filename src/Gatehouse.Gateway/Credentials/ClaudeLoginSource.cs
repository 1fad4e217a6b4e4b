using Gatehouse.Secrets;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// Where a provider's login of the <c>claude</c> program is found: the variable <c>CLAUDE_ACCESS_TOKEN</c>, else the credentials file that the program
/// keeps. The file is opened at every look and read again when its stamp is another: the program replaces it every few hours. It is never written here,
/// for two that rotate one login log its person out. Thread-safe.
/// </summary>
/// <param name="provider">The provider that it is for, the only one that it is ever sent to.</param>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="clock">The clock.</param>
/// <param name="shared">Whether there is more than one user, so that nobody's login may serve.</param>
public sealed class ClaudeLoginSource(string provider, Func<string, string?> environment, TimeProvider clock, bool shared)
{
    /// <summary>The variable of an access token.</summary>
    public const string TokenVariable = "CLAUDE_ACCESS_TOKEN";

    /// <summary>The variable that names another credentials file.</summary>
    public const string FileVariable = "CLAUDE_CREDENTIALS_PATH";

    private const int Largest = 64 * 1024;

    // Two writes within one tick of the file system's clock have one stamp, so a young stamp proves nothing; and a file that is being written may be half there.
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(2);
    private readonly string _file = FileOf(environment);
    private readonly ProviderCredential? _variable = environment(TokenVariable)?.Trim() is { Length: > 0 } token
        ? Lend(provider, $"env:{TokenVariable}", "env", Secret.From(token))
        : null;

    private Seen? _seen;

    /// <summary>The login as it stands now, and the credential that carries it when it can be used.</summary>
    public (ClaudeLogin Login, ProviderCredential? Credential) Look()
    {
        if (shared)
        {
            return (ClaudeLogin.NotOne(
                ClaudeLoginState.Shared,
                "There is more than one user, and the login of the claude program serves the person who has it alone. Give the provider an API key: "
                + $"gatehouse credential add {provider}"), null);
        }

        if (_variable is not null) return (ClaudeLogin.Of(_variable.Secret), _variable);
        var seen = Read();
        var login = seen.Login.At(clock.GetUtcNow(), _file);
        return (login, login.Token is null ? null : seen.Credential);
    }

    /// <summary>The credentials file: the one that <c>CLAUDE_CREDENTIALS_PATH</c> names, else the program's own.</summary>
    public static string FileOf(Func<string, string?> environment)
    {
        if (environment(FileVariable) is { Length: > 0 } named) return named;
        var home = environment("HOME") is { Length: > 0 } set ? set : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var folder = environment("CLAUDE_CONFIG_DIR") is { Length: > 0 } own ? own : Path.Combine(home, ".claude");
        return Path.Combine(folder, ".credentials.json");
    }

    private Seen Read()
    {
        var before = Volatile.Read(ref _seen);
        Seen now;
        try
        {
            // By the open file, not by its name: a link's own stamp does not change with what it leads to.
            using var file = File.OpenHandle(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var stamp = (File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
            var at = clock.GetUtcNow();
            if (before is not null && before.Stamp == stamp && before.At - stamp.Item1 > s_settled) return before;
            var login = Content(file, stamp.Item2, at);
            // Caught while it is written; what was there a moment ago is still good.
            if (login.State == ClaudeLoginState.Unreadable && before?.Credential is not null && at - stamp.Item1 < s_settled) return before;
            now = before?.Credential is { } known && login.Token is { } token && token.Utf8.SequenceEqual(known.Secret.Utf8)
                ? new Seen(stamp, at, login, known)
                : new Seen(stamp, at, login, login.Token is { } fresh ? Lend(provider, "login:claude", "login", fresh) : null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            now = Seen.Nothing(ClaudeLogin.NotOne(ClaudeLoginState.Missing, Missing()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            now = Seen.Nothing(ClaudeLogin.NotOne(ClaudeLoginState.Unreadable, $"{_file} can't be read ({e.GetType().Name}). Let the account that runs Gatehouse read it."));
        }

        Volatile.Write(ref _seen, now);
        return now;
    }

    private ClaudeLogin Content(SafeFileHandle file, long length, DateTimeOffset now)
    {
        if (length > Largest) return ClaudeLogin.NotOne(ClaudeLoginState.Unreadable, $"{_file} is too large for a credentials file of the claude program.");
        var bytes = new byte[length];
        var read = RandomAccess.Read(file, bytes, 0);
        return ClaudeLogin.Parse(bytes.AsMemory(0, read), _file, now);
    }

    private string Missing() => $"There is no login of the claude program at {_file}."
        + (OperatingSystem.IsMacOS() ? " On macOS the program keeps it in the keychain, where only the program itself reads it: set CLAUDE_ACCESS_TOKEN, or use an API key." : "")
        + $" Log in: claude auth login; or give the provider an API key: gatehouse credential add {provider}";

    private static ProviderCredential Lend(string provider, string id, string source, Secret token) =>
        new() { Id = id, Provider = provider, Source = source, Secret = token, IsLogin = true };

    /// <summary>What was found at one look.</summary>
    private sealed class Seen((DateTime Written, long Length) stamp, DateTimeOffset at, ClaudeLogin login, ProviderCredential? credential)
    {
        public (DateTime Written, long Length) Stamp => stamp;

        public DateTimeOffset At => at;

        public ClaudeLogin Login => login;

        public ProviderCredential? Credential => credential;

        public static Seen Nothing(ClaudeLogin login) => new(default, default, login, null);
    }
}
