using Gatehouse.Clients;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Control.Runtime;
using Gatehouse.Integrations;

namespace Gatehouse.Runs;

/// <summary>What a run's client is told, once it is known who serves it.</summary>
internal static class RunSetup
{
    /// <summary>Decides on dialect and models.</summary>
    public static async Task<SetupChoice> OfAsync(Invocation invocation, Client client, RunPlan plan, AgentKey key, bool isRemote)
    {
        var isPlatforms = key is { Inference: not null, CredentialSource: "platform" };
        if (isPlatforms && !isRemote)
        {
            var choice = await SetupChoice.OfAsync(invocation, client, named: false, told: key.ChosenModel);
            return choice.Setup is { } served && RunChecks.WithoutKey(plan, served, client) is { } missing
                ? new SetupChoice(null, [], Report.Failed(missing)) : choice;
        }

        var model = SetupChoice.Option(invocation, IntegrationOptions.Model) ?? key.ChosenModel
            // What a Gatehouse elsewhere routes is not known here; it says which model it means.
            ?? (isPlatforms && key.Inference is { Model: { Length: > 0 } meant } ? meant : null);
        if (model is null && !(client.HasOwnModels && (key.IsVendors || isPlatforms)))
        {
            return new SetupChoice(null, [], Report.Misused([new Problem(
                $"{client.Label} has to be told which of the credential's models to use.",
                "Name it with --model, or in the configuration's settings.")]));
        }

        // Names pass as they are asked: what another host calls its models is not known here.
        var fast = SetupChoice.Option(invocation, IntegrationOptions.FastModel) ?? model;
        return new SetupChoice(
            new ClientSetup
            {
                Gateway = plan.Gateway,
                Dialect = key.Dialect ?? client.Dialects[0],
                Token = SetupChoice.Placeholder,
                Credential = client.CredentialPlaces[0],
                Model = model is null ? null : new ModelChoice(model),
                FastModel = fast is null ? null : new ModelChoice(fast),
                ToolReferencesSurvive = key.IsVendors && key.Inference is not null,
            },
            [],
            null);
    }
}
