using Gatehouse.Clients;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Configuration;

namespace Gatehouse.Integrations;

/// <summary>A setup without its token, or what is wrong with the request.</summary>
/// <param name="Setup">The setup; its token is the words that stand in its place.</param>
/// <param name="Warnings">What a person should know.</param>
/// <param name="Fault">What is wrong; null when nothing is.</param>
internal sealed record SetupChoice(ClientSetup? Setup, IReadOnlyList<string> Warnings, Report? Fault)
{
    /// <summary>Stands for the token where there is none.</summary>
    public const string Placeholder = "YOUR-GATEHOUSE-TOKEN";

    // Models to set where a client has no names of its own and nobody named one.
    private static readonly string[] s_usual = ["claude-sonnet-4-5", "gpt-5.5"];

    /// <summary>Decides on address, dialect, models and the token's place from the options, the configuration and the running server.</summary>
    /// <param name="invocation">The options.</param>
    /// <param name="client">The client.</param>
    /// <param name="named">Whether models are named also where the client's own names would do.</param>
    /// <param name="told">A model that goes before the configuration's; null when there is none.</param>
    public static async Task<SetupChoice> OfAsync(Invocation invocation, Client client, bool named, string? told = null)
    {
        var loaded = ConfigLoader.Load(await invocation.ConfigInputsAsync());
        if (loaded.Config is not { } config) return Faulty(Report.Misused([.. loaded.Problems.Select(Problem.Of)], "See: gatehouse config check"));
        var parsed = invocation.Parsed;
        var place = Option(invocation, IntegrationOptions.Auth) is { } word ? IntegrationOptions.PlaceOf(word) : client.CredentialPlaces[0];
        if (!client.CredentialPlaces.Contains(place))
            return Misused($"{client.Label} can't take its token that way.", $"--auth: {string.Join(" or ", client.CredentialPlaces.Select(IntegrationOptions.WordOf))}");
        var spoken = client.Dialects;
        if (Option(invocation, IntegrationOptions.SpokenDialect) is { } dialectName)
        {
            spoken = [.. spoken.Where(dialect => dialect.Name() == dialectName)];
            if (spoken.IsEmpty)
                return Misused($"{client.Label} does not speak {dialectName}.", $"--dialect: {string.Join(" or ", client.Dialects.Select(dialect => dialect.Name()))}");
        }

        var address = await GatewayAddress.OfAsync(invocation, config);
        if (address.Uri is not { } gateway) return Misused(address.Fault!, "Write for example --base-url http://127.0.0.1:8484");
        var warnings = address.Warnings.ToList();
        var routes = new ModelRoutes(config);
        var asked = Option(invocation, IntegrationOptions.Model);
        var model = asked ?? told ?? config.Integration.DefaultModel ?? Usual(client, routes, spoken, named, warnings);
        if (model is null && !client.HasOwnModels)
            return Misused($"{client.Label} has to be told a model, and none is routed.", "Name one with --model, or set integration.defaultModel in the configuration.");
        var fast = Option(invocation, IntegrationOptions.FastModel) ?? UsualFast(client, config, asked ?? told, named) ?? model;
        var best = routes.Best(model, spoken);
        foreach (var name in new[] { model, fast }.OfType<string>().Distinct().Where(name => !routes.IsRouted(name, best)))
        {
            warnings.Add(
                $"No provider answers to {name} yet in the {best.Name()} dialect. Add the key of one ('gatehouse credential add'), "
                + "or name a rule for it in the configuration.");
        }

        return new SetupChoice(
            new ClientSetup
            {
                Gateway = gateway,
                Dialect = best,
                Token = Placeholder,
                Credential = place,
                Model = model is null ? null : routes.Describe(model, best),
                FastModel = fast is null ? null : routes.Describe(fast, best),
                KeepProvider = parsed.GetResult(IntegrationOptions.KeepProvider) is not null && parsed.GetValue(IntegrationOptions.KeepProvider),
                ToolReferencesSurvive = routes.ToolReferencesSurvive(model ?? client.OwnModels[0]),
                IsRouted = name => routes.IsRouted(name, best),
            },
            warnings,
            null);
    }

    // A model that was asked for goes with no other one's fast model.
    private static string? UsualFast(Client client, GatehouseConfig config, string? asked, bool named)
    {
        if (asked is not null) return null;
        if (config.Integration.DefaultModel is not null) return config.Integration.FastModel;
        return named && client.HasOwnModels ? client.OwnModels[^1] : null;
    }

    // The client's own names stay in force where they lead somewhere; else the first that does, so that the client works at all.
    private static string? Usual(Client client, ModelRoutes routes, IReadOnlyList<Dialect> spoken, bool named, List<string> warnings)
    {
        if (client.HasOwnModels)
        {
            var routed = client.OwnModels.All(name => spoken.Any(dialect => routes.IsRouted(name, dialect)));
            if (named || routed) return named ? client.OwnModels[0] : null;
            if (routes.First(spoken) is { } other) return other;
            warnings.Add(
                $"No provider answers to {client.Label}'s own models yet ({string.Join(", ", client.OwnModels)}). "
                + "Add a provider's key, or name a model with --model.");
            return null;
        }

        return Array.Find(s_usual, name => spoken.Any(dialect => routes.IsRouted(name, dialect))) ?? routes.First(spoken);
    }

    /// <summary>The value of an option that the command may not have.</summary>
    public static string? Option(Invocation invocation, System.CommandLine.Option<string?> option) =>
        invocation.Parsed.GetResult(option) is not null ? invocation.Parsed.GetValue(option) : null;

    private static SetupChoice Misused(string what, string fix) => Faulty(Report.Misused([new Problem(what, fix)]));

    private static SetupChoice Faulty(Report fault) => new(null, [], fault);
}
