using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Gateway.Access;
using Gatehouse.Installations;

namespace Gatehouse.Tokens;

/// <summary><c>gatehouse token</c>: the tokens that callers present.</summary>
internal static class TokenCommands
{
    private static readonly Option<string> s_name = new("--name")
    {
        Description = "What to call it, for instance the person or machine that gets it.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "client",
    };

    private static readonly Option<string> s_kind = new("--kind")
    {
        Description = "client for people's agents and tools, service for automatic callers such as a build server, admin for a session of the administration over HTTP.",
        HelpName = "client|service|admin",
        DefaultValueFactory = _ => TokenKind.Client.Name(),
    };

    private static readonly Option<TimeSpan?> s_expires = new("--expires")
    {
        Description = "How long it is good for: 12h, 30d, 8w. Without it, until it is revoked.",
        HelpName = "PERIOD",
        CustomParser = Period.Parse,
    };

    private static readonly Option<string[]> s_models = new("--models")
    {
        Description = "The models that it may ask for, separated by commas, * for any run of characters. Without it, every model.",
        HelpName = "NAMES",
        CustomParser = result => result.Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.TrimEntries)).ToArray(),
        Validators =
        {
            static result =>
            {
                if (result.Tokens.Any(static token => token.Value.Split(',').Any(string.IsNullOrWhiteSpace))) result.AddError($"--models: {Control.Tokens.EmptyModels}");
            },
        },
    };

    private static readonly Option<string?> s_user = new("--user")
    {
        Description = "The user that it speaks for, by id or name. Without it the platform; an admin session is then the local user's.",
        HelpName = "ID|NAME",
    };

    private static readonly Argument<string> s_which = new("token") { Description = "The token's id or name.", HelpName = "ID|NAME" };

    static TokenCommands() => s_kind.AcceptOnlyFromAmong(TokenKind.Client.Name(), TokenKind.Service.Name(), TokenKind.Admin.Name());

    /// <summary>Builds the commands.</summary>
    public static Command Build() => new("token", "Make, list and revoke the tokens that callers present. Works beside a running server.")
    {
        new Verb(
            "create",
            "Make a token and print it, alone, on standard output. It is shown this once: only its keyed hash is stored.",
            "gatehouse token create --name laptop",
            "gatehouse token create --name ci --kind service --expires 90d --models 'claude-haiku-*,gpt-5-mini'",
            "gatehouse token create --name desk --kind admin --user ann --expires 12h",
            "export ANTHROPIC_AUTH_TOKEN=$(gatehouse token create --name shell)") { s_name, s_kind, s_user, s_expires, s_models,
                CommonOptions.Json }
            .RunsOnInstallation(CreateAsync),
        new Verb("list", "List the tokens, the revoked and expired ones too. Their texts are not known any more.",
            "gatehouse token list") { CommonOptions.Json }
            .ReadsInstallation(ListAsync),
        new Verb(
            "revoke",
            "Revoke a token for good. A running server refuses it within a second.",
            "gatehouse token revoke laptop",
            "gatehouse token revoke 01939f5e-7a3c-7d2e-9a40-6c1f0b8e2d11") { s_which, CommonOptions.Json }
            .RunsOnInstallation(RevokeAsync),
    };

    private static async Task<Report> CreateAsync(Invocation invocation, Installation installation)
    {
        var parsed = invocation.Parsed;
        var kind = TokenKinds.Parse(parsed.GetValue(s_kind))!.Value;
        // An admin session is a user's: the user's role decides what it may do.
        var named = parsed.GetValue(s_user) ?? (kind == TokenKind.Admin ? Users.LocalId : null);
        var user = named is null ? null : await installation.Tenants.Users.FindAsync(Actor.OfThisMachine, named, invocation.Cancelled);
        if (user is { Value: null }) return Report.Failed(new Problem(user.Error!, "gatehouse user list"));
        var edited = await installation.Tokens.CreateAsync(
            parsed.GetValue(s_name)!,
            kind,
            parsed.GetValue(s_expires) is { } period ? TimeProvider.System.GetUtcNow() + period : null,
            parsed.GetResult(s_models) is null ? null : parsed.GetValue(s_models),
            binding: user is null ? null : new TokenBinding(user.Value!.Id),
            cancellation: invocation.Cancelled);
        if (edited.Value is not { } minted) return Report.Failed(new Problem(edited.Error!));
        return Report.Done(
            terminal =>
            {
                terminal.Say(minted.Text.Reveal());
                terminal.Note(TokenView.Created(minted.Token));
            },
            json => TokenView.Write(json, minted.Token, minted.Text));
    }

    private static async Task<Report> ListAsync(Invocation invocation, Installation installation)
    {
        var tokens = await installation.Tokens.ListAsync(invocation.Cancelled);
        return Report.Done(terminal => TokenView.Print(terminal, tokens), json =>
        {
            json.WriteStartArray();
            foreach (var token in tokens) TokenView.Write(json, token);
            json.WriteEndArray();
        });
    }

    private static async Task<Report> RevokeAsync(Invocation invocation, Installation installation)
    {
        var edited = await installation.Tokens.RevokeAsync(invocation.Parsed.GetValue(s_which)!, invocation.Cancelled);
        return edited.Value is { } token
            ? Report.Done(
                terminal => terminal.Note($"Revoked {TokenView.Named(token)}. A running server refuses it within a second."),
                json => TokenView.Write(json, token))
            : Report.Failed(new Problem(edited.Error!));
    }
}
