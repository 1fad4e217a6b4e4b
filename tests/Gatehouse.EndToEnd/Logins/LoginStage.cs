using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Logins;

/// <summary>The stage with a provider that is called with the login of the claude program, kept in a file that the tests write.</summary>
public sealed class LoginStage : Stage
{
    private readonly TestFolder _folder = new();

    /// <summary>The login's token at the start.</summary>
    internal const string First = "sk-ant-oat01-canary-first-0123456789abcdef";

    /// <summary>The token that it is renewed to.</summary>
    internal const string Second = "sk-ant-oat01-canary-second-fedcba9876543210";

    /// <summary>The credentials file.</summary>
    internal string File => _folder.At("credentials.json");

    /// <inheritdoc/>
    protected override IReadOnlyCollection<(string Name, string Value)> Variables => [("CLAUDE_CREDENTIALS_PATH", File)];

    /// <inheritdoc/>
    protected override string Models => """{ "match": "claude-*", "targets": [ { "provider": "anthropic" } ] },""";

    /// <inheritdoc/>
    protected override string Providers(Uri simulator) =>
        $$""", "anthropic": { "auth": "claude-login", "endpoints": { "anthropic": "{{simulator.ToString().TrimEnd('/')}}" }, "allowPrivateNetwork": true }""";

    /// <summary>Puts a login in the file's place, as the program does.</summary>
    internal string Renew(string token, DateTimeOffset until)
    {
        var content = $$$"""{"claudeAiOauth":{"accessToken":"{{{token}}}","refreshToken":"sk-ant-ort01-canary","expiresAt":{{{until.ToUnixTimeMilliseconds()}}},"scopes":["user:inference"]}}""";
        System.IO.File.Move(_folder.Write("renewed.json", content), File, overwrite: true);
        return content;
    }

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        Renew(First, DateTimeOffset.UtcNow.AddHours(8));
        await base.InitializeAsync();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
