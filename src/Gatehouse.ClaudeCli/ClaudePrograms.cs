using Gatehouse.ClaudeCli.Programs;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Server;
using Microsoft.Extensions.Logging;

namespace Gatehouse.ClaudeCli;

/// <summary>Lets a gateway's providers be the <c>claude</c> program.</summary>
public static class ClaudePrograms
{
    /// <summary>Adds the upstream that runs it to the parts of a gateway.</summary>
    public static GatewayParts WithClaudePrograms(this GatewayParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        parts.Programs = static made =>
        {
            var records = new ProcessRecords(Path.Combine(made.Store.Directory, "claude-processes"));
            records.EndOrphans();
            var store = new ReasoningStore(made.Store, made.Keys, made.Time, made.Logging.CreateLogger<ReasoningStore>());
            var upstream = new ClaudeCliUpstream(new ProgramPlace(made.Environment, store, records, made.Logging, made.Time));
            made.ProgramReports = () => upstream.Report(made.Configuration.Current.Providers);
            return upstream;
        };
        return parts;
    }
}
