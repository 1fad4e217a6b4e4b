using Gatehouse.ClaudeCli.Programs;
using Gatehouse.Gateway.Server;

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
            var records = new ProcessRecords(Path.Combine(made.DataDirectory, "claude-processes"));
            records.EndOrphans();
            var store = made.OpenReasoning();
            var upstream = new ClaudeCliUpstream(new ProgramPlace(made.Environment, store, records, made.Logging, made.Time));
            made.ProgramReports = () => upstream.Report(made.Configuration.Current.Providers);
            return upstream;
        };
        return parts;
    }
}
