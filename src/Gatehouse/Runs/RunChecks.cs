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

/// <summary>What a run is made from, once nothing stands in its way.</summary>
/// <param name="Program">Where the harness's program lies.</param>
/// <param name="Gateway">The gateway's address.</param>
/// <param name="Config">The configuration.</param>
/// <param name="Health">What the server says of itself.</param>
/// <param name="IsOwnServer">Whether the server is known to work on this data directory, so that it knows the tokens made here.</param>
/// <param name="Warnings">What a person should know.</param>
internal sealed record RunPlan(string Program, Uri Gateway, GatehouseConfig Config, JsonElement Health, bool IsOwnServer, IReadOnlyList<string> Warnings);

/// <summary>Looks at everything that a run needs before anything is made for it: each fault is told with what helps.</summary>
/// <param name="Plan">The run; null when there is a fault.</param>
/// <param name="Fault">What is wrong.</param>
internal sealed record RunChecks(RunPlan? Plan, Report? Fault)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    /// <summary>Looks.</summary>
    /// <param name="invocation">The command line.</param>
    /// <param name="client">The harness.</param>
    /// <param name="isRemote">Whether the run belongs to a Gatehouse elsewhere, so that nothing of this machine's data directory is asked for.</param>
    public static async Task<RunChecks> OfAsync(Invocation invocation, Client client, bool isRemote)
    {
        var loaded = ConfigLoader.Load(isRemote ? invocation.UnkeyedInputs() : await invocation.ConfigInputsAsync());
        if (loaded.Config is not { } config) return new RunChecks(null, Report.Misused([.. loaded.Problems.Select(Problem.Of)], "See: gatehouse config check"));
        var address = await GatewayAddress.OfAsync(invocation, config);
        if (address.Uri is not { } gateway) return new RunChecks(null, Report.Misused([new Problem(address.Fault!, "Write for example --base-url http://127.0.0.1:8484")]));
        if (ClientReport.Of(client, gateway, Surroundings.OfProcess()).Program is not { } program)
            return Failed($"{client.Label} is not installed: there is no '{client.Executable}' on the path.", RunVerb.Installing(client));
        var own = isRemote ? null : await RunningServer.FindAsync(invocation.DataDirectory, invocation.Cancelled);
        var isOwn = own?.Address is { } its && RunningServer.Reachable(its) == gateway;
        if ((isOwn ? own!.Health : await RunningServer.HealthAsync(gateway, invocation.Cancelled)) is not { } health)
            return Failed($"No server answers at {gateway.GetLeftPart(UriPartial.Authority)}.", "Start one: gatehouse serve");
        // The token itself is what is asked with, so that a server that does not know it says so.
        if (isRemote) return new RunChecks(new RunPlan(program, gateway, config, health, IsOwnServer: true, [.. address.Warnings, .. InClear(gateway)]), null);
        return Installation.Exists(invocation.DataDirectory)
            ? new RunChecks(new RunPlan(program, gateway, config, health, isOwn, address.Warnings), null)
            : Failed(
                $"{invocation.DataDirectory} holds no installation, so no token can be made for the run.",
                "Name the data directory of the server that answers: --data-dir DIR");
    }

    private static string[] InClear(Uri gateway) => gateway.Scheme == Uri.UriSchemeHttps || gateway.IsLoopback
        ? [] : [$"Tokens, prompts and answers pass in clear between here and {gateway.Authority}: https keeps them to yourself."];

    /// <summary>
    /// Asks a server that may work on another data directory whether it knows a token; null when it does. Of its administration, which says
    /// no to a workspace token that it knows and calls nobody.
    /// </summary>
    public static async Task<Problem?> RefusalAsync(Uri gateway, Secret token, Invocation invocation)
    {
        try
        {
            using var http = LocalHttp.Open(gateway, s_limit);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/me", UriKind.Relative));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, invocation.Cancelled);
            if (response.StatusCode != HttpStatusCode.Unauthorized) return null;
            return new Problem(
                $"The server at {gateway.GetLeftPart(UriPartial.Authority)} does not know the tokens of {invocation.DataDirectory}.",
                "Name the data directory that it works on: --data-dir DIR");
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !invocation.Cancelled.IsCancellationRequested))
        {
            // A slow answer is no fault of the token.
            return null;
        }
    }

    /// <summary>Whether the platform lacks the key for a run's model, and whose it is; null when it has one. The server is asked, because a key may lie in its environment alone.</summary>
    public static Problem? WithoutKey(RunPlan plan, ClientSetup setup, Client client)
    {
        if ((setup.Model?.Name ?? client.OwnModels.FirstOrDefault()) is not { } model) return null;
        var ways = new ModelRoutes(plan.Config).Providers(model, setup.Dialect);
        var keyless = ways.Where(provider => !ProviderKeys.IsOpen(provider) && !HasKey(plan.Health, provider)).ToList();
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
