using System.CommandLine;
using Gatehouse.Clients;
using Gatehouse.Clients.Integrations;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Installations;
using Gatehouse.Secrets;

namespace Gatehouse.Integrations;

/// <summary><c>gatehouse env</c>: what a shell needs so that a client started in it calls Gatehouse.</summary>
internal static class EnvCommand
{
    private static readonly TimeSpan s_usualLife = TimeSpan.FromDays(30);

    private static readonly Option<TimeSpan?> s_expires = new("--expires")
    {
        Description = "How long a token that has to be made is good for: 12h, 30d, 8w. [default: 30d]",
        HelpName = "PERIOD",
        CustomParser = Period.Parse,
    };

    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb(
        "env",
        "Print the commands that set a client up in one shell, to be evaluated there. Changes no file. Uses the token of the client's settings or of $GATEHOUSE_TOKEN when one is in force; otherwise makes one.",
        "eval \"$(gatehouse env claude-code)\"",
        "eval \"$(gatehouse env codex --model gpt-5.5)\"")
    {
        IntegrationOptions.Client, IntegrationOptions.Model, IntegrationOptions.FastModel, IntegrationOptions.BaseUrl, IntegrationOptions.SpokenDialect, s_expires, CommonOptions.Json,
    }.Runs(RunAsync);

    private static async Task<Report> RunAsync(Invocation invocation)
    {
        if (IntegrationOptions.Find(invocation, out var unknown) is not { } client) return unknown!;
        if (client.Support == ClientSupport.Refused) return PrintVerb.Refusal(client);
        var choice = await SetupChoice.OfAsync(invocation, client, named: false);
        if (choice.Setup is not { } setup) return choice.Fault!;
        if (Snippets.Shell(client, setup) is null)
        {
            var other = client.Support == ClientSupport.Applied ? "apply" : "print";
            return Report.Failed(new Problem($"{client.Label} takes its provider from its settings, not from the environment.", $"gatehouse integration {other} {client.Id}"));
        }

        var opening = await Installation.OpenAsync(invocation.DataDirectory, invocation.Cancelled);
        if (opening.Installation is not { } installation) return Report.Failed(new Problem(opening.Error!));
        await using (installation)
        {
            var tokens = new ClientTokens(installation);
            var token = await tokens.ValidAsync(Known(client), invocation.Cancelled)
                ?? await tokens.MakeAsync(client, TimeProvider.System.GetUtcNow() + (invocation.Parsed.GetValue(s_expires) ?? s_usualLife), invocation.Cancelled);
            var text = Snippets.Shell(client, setup with { Token = token.Text.Reveal() })!;
            return Report.Done(terminal => terminal.Say(text), json =>
            {
                json.WriteStartObject();
                json.WriteString("client", client.Id);
                json.WriteString("text", text);
                json.WriteString("token_id", token.Token!.Id);
                json.WriteBoolean("token_made", token.IsNew);
                json.WriteEndObject();
            }) with
            { Warnings = choice.Warnings };
        }
    }

    private static IEnumerable<Secret> Known(Client client)
    {
        if (Environment.GetEnvironmentVariable(ClientSetup.TokenVariable) is { Length: > 0 } exported) yield return Secret.From(exported);
        if (client.Support != ClientSupport.Applied) yield break;
        var integrator = new Integrator(Surroundings.OfProcess(), TimeProvider.System);
        foreach (var text in ClientTokens.In(integrator.Look(client, integrator.SettingsPath(client, null, project: false)))) yield return text;
    }
}
