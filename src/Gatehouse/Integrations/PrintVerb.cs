using Gatehouse.Clients;
using Gatehouse.Clients.Integrations;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Installations;
using Gatehouse.Tokens;

namespace Gatehouse.Integrations;

/// <summary><c>integration print</c>.</summary>
internal static class PrintVerb
{
    /// <summary>Prints a client's snippet.</summary>
    public static async Task<Report> RunAsync(Invocation invocation)
    {
        if (IntegrationOptions.Find(invocation, out var unknown) is not { } client) return unknown!;
        if (client.Support == ClientSupport.Refused) return Refusal(client);
        var format = invocation.Parsed.GetValue(IntegrationOptions.Format) ?? client.Formats[0];
        if (!client.Formats.Contains(format))
            return Report.Misused([new Problem($"{client.Label} has no snippet of that form.", Forms(client))]);
        var choice = await SetupChoice.OfAsync(invocation, client, named: true);
        if (choice.Setup is not { } setup) return choice.Fault!;
        var at = Surroundings.OfProcess();
        var integrator = new Integrator(at, TimeProvider.System);
        if (client.Support == ClientSupport.Applied) setup = setup with { TokenFile = integrator.TokenPath(client, integrator.SettingsPath(client, null, project: false)) };
        if (!invocation.Parsed.GetValue(IntegrationOptions.Reveal)) return Shown(client, setup, format, at, null, [.. choice.Warnings, ToFill(client, setup)]);
        var opening = await Installation.OpenAsync(invocation.DataDirectory, invocation.Cancelled);
        if (opening.Installation is not { } installation) return Report.Failed(new Problem(opening.Error!));
        await using (installation)
        {
            var made = await new ClientTokens(installation).MakeAsync(client, null, invocation.Cancelled);
            return Shown(client, setup with { Token = made.Text.Reveal() }, format, at, made, choice.Warnings);
        }
    }

    /// <summary>Says why a client can't be set up.</summary>
    public static Report Refusal(Client client) => Report.Failed(new Problem($"{client.Label} can't work through Gatehouse. {client.Reason}", "See docs/clients for those that can."));

    private static Report Shown(Client client, ClientSetup setup, SnippetFormat format, Surroundings at, ClientToken? made, IReadOnlyList<string> warnings)
    {
        var snippet = Snippets.Make(client, setup, format, at);
        return Report.Done(
            terminal =>
            {
                terminal.Say(snippet.Text);
                if (snippet.Destination is { } file) terminal.Note($"# for {file}");
                foreach (var note in snippet.Notes) terminal.Note($"# {note}");
                if (made is not null) terminal.Note($"# {TokenView.Created(made.Token!)}");
            },
            json =>
            {
                json.WriteStartObject();
                json.WriteString("client", client.Id);
                json.WriteString("format", format.ToString().ToLowerInvariant());
                json.WriteString("text", snippet.Text);
                json.WriteString("file", snippet.Destination);
                json.WriteTexts("notes", snippet.Notes);
                json.WriteString("base_url", client.BaseAddress(setup.Gateway, setup.Dialect));
                json.WriteString("dialect", Dialects.DialectNames.Name(setup.Dialect));
                json.WriteString("model", setup.Model?.Name);
                json.WriteString("fast_model", setup.FastModel?.Name);
                json.WriteString("token_id", made?.Token?.Id.ToString());
                json.WriteEndObject();
            }) with
        { Warnings = warnings };
    }

    private static string ToFill(Client client, ClientSetup setup) => setup.Credential == CredentialPlace.Environment
        ? $"The client takes its token from ${ClientSetup.TokenVariable}: export {ClientSetup.TokenVariable}=$(gatehouse token create --name {client.Id})"
        : $"{SetupChoice.Placeholder} stands for the token, which is stored as a hash only. Make one in its place with --reveal, or with: gatehouse token create --name {client.Id}";

    private static string Forms(Client client) => client.Formats is [SnippetFormat.Text]
        ? "It is set up by hand: leave --format out for the steps."
        : $"--format: {string.Join(" or ", client.Formats.Select(form => form.ToString().ToLowerInvariant()))}";
}
