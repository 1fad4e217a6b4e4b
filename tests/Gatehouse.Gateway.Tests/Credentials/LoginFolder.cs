using System.Text.Json;

namespace Gatehouse.Gateway.Tests.Credentials;

/// <summary>A home with the credentials file that the claude program keeps, removed again.</summary>
internal sealed class LoginFolder : IDisposable
{
    public const string First = "sk-ant-oat01-canary-first-login-0123456789abcdef";
    public const string Second = "sk-ant-oat01-canary-second-login-fedcba9876543210";
    public const string Refresh = "sk-ant-ort01-canary-refresh-0123456789abcdef";

    public LoginFolder() => Directory.CreateDirectory(Path.GetDirectoryName(File)!);

    public string Home { get; } = Directory.CreateTempSubdirectory("gatehouse-login-").FullName;

    public string File => Path.Combine(Home, ".claude", ".credentials.json");

    /// <summary>The file as the program writes it.</summary>
    public static string Content(string token, DateTimeOffset? until) => JsonSerializer.Serialize(new
    {
        claudeAiOauth = new { accessToken = token, refreshToken = Refresh, expiresAt = until?.ToUnixTimeMilliseconds(), scopes = (string[])["user:inference"], subscriptionType = "max" },
    });

    /// <summary>Replaces the file as the program does: another is put in its place.</summary>
    public void Write(string token, DateTimeOffset? until) => Write(Content(token, until));

    public void Write(string content)
    {
        System.IO.File.WriteAllText(File + ".new", content);
        System.IO.File.Move(File + ".new", File, overwrite: true);
    }

    public void Dispose() => Directory.Delete(Home, recursive: true);
}
