using System.Text.Json;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Tests.Api;

/// <summary>A member and one of everything that is theirs, with the tokens that speak for it.</summary>
internal sealed class Belongings
{
    public const string Canary = "sk-ant-api03-canary-0123456789abcdefghij-9f3c";
    private readonly ApiStage _stage;

    private Belongings(ApiStage stage) => _stage = stage;

    public required User User { get; init; }

    public required Project Project { get; init; }

    public required Workspace Workspace { get; init; }

    public required CredentialEntry Credential { get; init; }

    public required CredentialEntry Login { get; init; }

    public required HarnessConfiguration Configuration { get; init; }

    public required Attachment Attachment { get; init; }

    /// <summary>A harness of the project whose connection is switched off.</summary>
    public const string Broken = "opencode";

    public required VaultEntry PlatformCredential { get; init; }

    public required MintedToken WorkspaceToken { get; init; }

    public required string Session { get; init; }

    public required string Runner { get; init; }

    public static async Task<Belongings> MakeAsync(ApiStage stage, int number)
    {
        var (admin, editors) = (Actor.OfThisMachine, stage.Editors);
        var user = (await editors.Users.AddAsync(admin, $"member-{number}", id: $"user/{number}+ü%2F?#")).Value!;
        var project = (await editors.Projects.AddAsync(admin, $"project-{number}", user.Id, id: $"project:{number} /&=")).Value!;
        var workspace = (await editors.Workspaces.AddAsync(admin, project.Id, $"workspace-{number}", id: $"workspace {number}/%")).Value!;
        var given = new NewCredential { Name = $"credential-{number}", Kind = CredentialKind.ApiKey, Secret = Secret.From(Canary) };
        var credential = (await editors.Credentials.AddAsync(admin, given, user.Id)).Value!;
        var configuration = (await editors.Configurations.AddAsync(admin, $"configuration-{number}", "claude-code", credential.Id)).Value!;
        var login = new NewCredential { Name = $"login-{number}", Kind = CredentialKind.OAuthToken, Secret = Secret.From("sk-ant-oat01-0123456789abcdef") };
        var lab = new NewCredential { Name = $"lab-{number}", Kind = CredentialKind.OpenAiCompatible, Secret = Secret.From(Canary), BaseUrl = "https://models.example/v1" };
        var broken = (await editors.Attachments.ConnectAsync(admin, Broken, lab, project.Id)).Value!;
        (await editors.Attachments.SetActiveAsync(admin, broken.Attachment.Id, active: false)).Error.ShouldBeNull();
        return new Belongings(stage)
        {
            PlatformCredential = (await stage.Vault.AddAsync(admin, "no-such-provider", $"platform-{number}", Secret.From(Canary))).Value!,
            User = user,
            Project = project,
            Workspace = workspace,
            Credential = credential,
            Login = (await editors.Credentials.AddAsync(admin, login, user.Id)).Value!,
            Configuration = configuration,
            Attachment = (await editors.Attachments.AttachAsync(admin, configuration.Id)).Value!,
            WorkspaceToken = (await editors.WorkspaceTokens.IssueAsync(admin, workspace.Id, "claude-code")).Value!,
            Session = await stage.SessionAsync(user.Id),
            Runner = (await editors.WorkspaceTokens.IssueRunnerAsync(admin, workspace.Id)).Value!.Text.Reveal(),
        };
    }

    /// <summary>Puts what is theirs into a text: into a path percent-encoded, into a body as JSON writes it.</summary>
    public string Fill(string text, Func<string, string> encode) => text
        .Replace("{user}", encode(User.Id), StringComparison.Ordinal)
        .Replace("{project}", encode(Project.Id), StringComparison.Ordinal)
        .Replace("{workspace}", encode(Workspace.Id), StringComparison.Ordinal)
        .Replace("{credential}", encode(Credential.Id), StringComparison.Ordinal)
        .Replace("{platform-credential}", encode(PlatformCredential.Id.ToString()), StringComparison.Ordinal)
        .Replace("{login}", encode(Login.Id), StringComparison.Ordinal)
        .Replace("{configuration}", encode(Configuration.Id), StringComparison.Ordinal)
        .Replace("{attachment}", encode(Attachment.Id), StringComparison.Ordinal)
        .Replace("{token}", encode(WorkspaceToken.Token.Id.ToString()), StringComparison.Ordinal);

    /// <summary>Everything that is theirs and the platform's settings, as stored, to tell whether anything was touched.</summary>
    public async Task<string> StateAsync()
    {
        var (admin, editors) = (Actor.OfThisMachine, _stage.Editors);
        object[] state =
        [
            (await editors.Users.ListAsync(admin)).Where(one => one.Id == User.Id),
            (await editors.Projects.ListAsync(admin)).Where(one => one.OwnerId == User.Id),
            (await editors.Workspaces.ListAsync(admin)).Where(one => one.UserId == User.Id),
            (await editors.Credentials.ListAsync(admin)).Where(one => one.OwnerId == User.Id),
            (await editors.Configurations.ListAsync(admin)).Where(one => one.OwnerId == User.Id),
            (await editors.Attachments.ListAsync(admin)).Where(one => one.UserId == User.Id),
            (await _stage.Tokens.ListAsync()).Where(one => one.UserId == User.Id)
                .Select(one => (object)new { one.Id, one.ExpiresAt, one.RevokedAt, Kind = one.Kind.Name() }),
            (await editors.Limits.ShowAsync(admin, User.Id)).Value!.Stored,
            (await editors.Settings.GetAsync(admin)).Value!.Rows,
            (await _stage.Vault.ListAsync(admin)).Where(one => one.Id == PlatformCredential.Id),
        ];
        return JsonSerializer.Serialize(state);
    }
}
