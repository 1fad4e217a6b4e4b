using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Gatehouse.Clients;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Routing;
using Gatehouse.Installations;
using Gatehouse.Integrations;
using Gatehouse.Processes;
using Gatehouse.Secrets;

namespace Gatehouse.Runs;

/// <summary>What a run is to be, once nothing stands in its way.</summary>
/// <param name="Program">Where the harness's program lies.</param>
/// <param name="Setup">Where it calls, without its token.</param>
/// <param name="Config">The configuration.</param>
/// <param name="IsOwnServer">Whether the server is known to work on this data directory, so that it knows the tokens made here.</param>
/// <param name="Warnings">What a person should know.</param>
internal sealed record RunPlan(string Program, ClientSetup Setup, GatehouseConfig Config, bool IsOwnServer, IReadOnlyList<string> Warnings);

/// <summary>Looks at everything that a run needs before anything is made for it: each fault is told with what helps.</summary>
/// <param name="Plan">The run; null when there is a fault.</param>
/// <param name="Fault">What is wrong.</param>
internal sealed record RunChecks(RunPlan? Plan, Report? Fault)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    /// <summary>Looks.</summary>
    public static async Task<RunChecks> OfAsync(Invocation invocation, Client client)
    {
        var choice = await SetupChoice.OfAsync(invocation, client, named: false);
        if (choice.Setup is not { } setup) return new RunChecks(null, choice.Fault);
        if (ClientReport.Of(client, setup.Gateway, Surroundings.OfProcess()).Program is not { } program)
            return Failed($"{client.Label} is not installed: there is no '{client.Executable}' on the path.", RunVerb.Installing(client));
        var own = await RunningServer.FindAsync(invocation.DataDirectory, invocation.Cancelled);
        var isOwn = own?.Address is { } address && RunningServer.Reachable(address) == setup.Gateway;
        if ((isOwn ? own!.Health : await RunningServer.HealthAsync(setup.Gateway, invocation.Cancelled)) is not { } health)
            return Failed($"No server answers at {setup.Gateway.GetLeftPart(UriPartial.Authority)}.", "Start one: gatehouse serve");
        if (!Installation.Exists(invocation.DataDirectory))
        {
            return Failed(
                $"{invocation.DataDirectory} holds no installation, so no token can be made for the run.",
                "Name the data directory of the server that answers: --data-dir DIR");
        }

        var config = ConfigLoader.Load(await invocation.ConfigInputsAsync()).Config!;
        return WithoutKey(config, setup, client, health) is { } missing
            ? new RunChecks(null, Report.Failed(missing))
            : new RunChecks(new RunPlan(program, setup, config, isOwn, choice.Warnings), null);
    }

    /// <summary>Asks a server that may work on another data directory whether it knows a token; null when it does.</summary>
    public static async Task<Problem?> RefusalAsync(Uri gateway, Secret token, Invocation invocation)
    {
        try
        {
            using var http = LocalHttp.Open(gateway, s_limit);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/models", UriKind.Relative));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, invocation.Cancelled);
            if (response.StatusCode != HttpStatusCode.Unauthorized) return null;
            return new Problem(
                $"The server at {gateway.GetLeftPart(UriPartial.Authority)} does not know the tokens of {invocation.DataDirectory}.",
                "Name the data directory that it works on: --data-dir DIR");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !invocation.Cancelled.IsCancellationRequested)
        {
            // A slow list of models is no fault of the token.
            return null;
        }
    }

    // The server is asked, because a key may lie in its environment alone.
    private static Problem? WithoutKey(GatehouseConfig config, ClientSetup setup, Client client, JsonElement health)
    {
        if ((setup.Model?.Name ?? client.OwnModels.FirstOrDefault()) is not { } model) return null;
        var ways = new ModelRoutes(config).Providers(model, setup.Dialect);
        var keyless = ways.Where(provider => !ProviderKeys.IsOpen(provider) && !HasKey(health, provider)).ToList();
        if (ways.Count == 0 || keyless.Count < ways.Count) return null;
        var names = string.Join(" or ", keyless.Select(provider => $"'{provider.Name}'"));
        return new Problem($"{model} is answered by {names}, for which Gatehouse has no key.", $"gatehouse credential add {keyless[0].Name}");
    }

    private static bool HasKey(JsonElement health, Provider provider) =>
        !health.TryGetProperty("providers", out var providers)
        || providers.EnumerateArray().Any(known => known.GetProperty("name").GetString() == provider.Name
            && (!known.TryGetProperty("key_from", out var from) || from.ValueKind == JsonValueKind.String));

    private static RunChecks Failed(string what, string? fix) => new(null, Report.Failed(new Problem(what, fix)));
}
