using System.Globalization;
using Gatehouse.Clients;
using Gatehouse.Clients.Integrations;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Terminals;

namespace Gatehouse.Integrations;

/// <summary><c>integration backups</c>.</summary>
internal static class BackupsVerb
{
    /// <summary>Lists a client's backups.</summary>
    public static Task<Report> RunAsync(Invocation invocation)
    {
        if (IntegrationOptions.Find(invocation, out var unknown) is not { } client) return Task.FromResult(unknown!);
        if (client.Support != ClientSupport.Applied)
            return Task.FromResult(Report.Failed(new Problem($"Gatehouse does not write the settings of {client.Label}, so there are no backups.")));
        var backups = new Integrator(Surroundings.OfProcess(), TimeProvider.System).Backups(client, invocation.Parsed.GetValue(IntegrationOptions.Target));
        return Task.FromResult(Report.Done(
            terminal =>
            {
                if (backups.Count == 0)
                {
                    terminal.Note($"There are no backups of {client.Label}'s settings.");
                    return;
                }

                var listing = new Listing("MADE", "BACKUP");
                foreach (var backup in backups) listing.Add(backup.MadeAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture), backup.Path);
                terminal.Write(listing);
            },
            json =>
            {
                json.WriteStartArray();
                foreach (var backup in backups)
                {
                    json.WriteStartObject();
                    json.WriteString("path", backup.Path);
                    json.WriteString("of", backup.Of);
                    json.WriteTime("made_at", backup.MadeAt);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }));
    }
}
