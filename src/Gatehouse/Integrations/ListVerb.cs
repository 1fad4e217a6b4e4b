using Gatehouse.Clients;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Installations;
using Gatehouse.Terminals;

namespace Gatehouse.Integrations;

/// <summary><c>integration list</c>.</summary>
internal static class ListVerb
{
    /// <summary>Looks at every client and lists what was found.</summary>
    public static async Task<Report> RunAsync(Invocation invocation)
    {
        var loaded = ConfigLoader.Load(await invocation.ConfigInputsAsync());
        if (loaded.Config is not { } config) return Report.Misused([.. loaded.Problems.Select(Problem.Of)], "See: gatehouse config check");
        var address = await GatewayAddress.OfAsync(invocation, config);
        if (address.Uri is not { } gateway) return Report.Failed(new Problem(address.Fault!));
        var at = Surroundings.OfProcess();
        var reports = ClientCatalog.All.Select(client => ClientReport.Of(client, gateway, at)).ToList();
        // Programs take up to seconds to say their version, so they are asked side by side.
        var versions = await Task.WhenAll(reports.Select(report => Task.Run(() => report.Version(at))));
        var healths = await HealthsAsync(invocation, reports, gateway);
        var rows = reports.Select((report, index) => new ListRow(report, versions[index], healths[index])).ToList();
        return Report.Done(terminal => Print(terminal, rows, at), json =>
        {
            json.WriteStartArray();
            foreach (var row in rows) row.Write(json);
            json.WriteEndArray();
        });
    }

    private static async Task<IReadOnlyList<ClientHealth>> HealthsAsync(Invocation invocation, IReadOnlyList<ClientReport> reports, Uri gateway)
    {
        ClientTokens? tokens = null;
        Installation? installation = null;
        if (Installation.Exists(invocation.DataDirectory)) installation = (await Installation.OpenAsync(invocation.DataDirectory, invocation.Cancelled)).Installation;
        await using (installation)
        {
            if (installation is not null) tokens = new ClientTokens(installation);
            var healths = new List<ClientHealth>();
            foreach (var report in reports) healths.Add(await ClientHealth.OfAsync(report, gateway, tokens, invocation.Cancelled));
            return healths;
        }
    }

    private static void Print(Terminal terminal, IEnumerable<ListRow> rows, Surroundings at)
    {
        var listing = new Listing("CLIENT", "SUPPORT", "PROGRAM", "SETTINGS", "OWNER", "STATE");
        foreach (var row in rows)
        {
            var file = row.Report.Deciding ?? row.Report.Own;
            listing.Add(
                row.Report.Client.Id,
                ListRow.Support(row.Report.Client),
                row.Version ?? (row.Report.Program is null ? "-" : "installed"),
                file is { Exists: true } ? at.Shown(file.Path) : "-",
                row.Owner,
                row.Health.Words);
        }

        terminal.Write(listing);
    }
}
