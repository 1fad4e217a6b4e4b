using Gatehouse.Clients.Reports;

namespace Gatehouse.Integrations;

/// <summary>Whether a client's settings lead to Gatehouse as they should. Of settings that are not ours only unreadable files are told.</summary>
/// <param name="IsGood">Null where there is nothing to judge.</param>
/// <param name="Faults">What is wrong, each in a few words.</param>
internal sealed record ClientHealth(bool? IsGood, IReadOnlyList<string> Faults)
{
    /// <summary>In a few words.</summary>
    public string Words => IsGood switch { null => "-", true => "ok", false => string.Join("; ", Faults) };

    /// <summary>Judges what was found of a client.</summary>
    /// <param name="report">What was found.</param>
    /// <param name="gateway">Gatehouse's address.</param>
    /// <param name="tokens">Knows the tokens; null where there is no installation, so that none is in force.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<ClientHealth> OfAsync(ClientReport report, Uri gateway, ClientTokens? tokens, CancellationToken cancellation)
    {
        var faults = report.Files.Where(file => file.Fault is not null).Select(file => $"{Path.GetFileName(file.Path)}: {file.Fault}").ToList();
        if (report.Owner != SettingsOwner.Gatehouse) return new ClientHealth(faults.Count > 0 ? false : null, faults);
        var settings = report.Deciding!.Settings;
        var wanted = report.Client.Dialects.Select(dialect => report.Client.BaseAddress(gateway, dialect)).ToHashSet();
        if (settings.BaseAddress is not { } address) faults.Add("no address");
        else if (!wanted.Contains(address.Text.TrimEnd('/'))) faults.Add($"leads to {address.Text}, not {string.Join(" or ", wanted)}");
        if (settings.Credentials.IsEmpty) faults.Add("no token");
        else if (settings.Credentials.Length > 1) faults.Add("several credentials");
        else if (settings.Credentials[0] is { Text: null, Kind: CredentialKind.Variable } variable) faults.Add($"${variable.Source} is not set here");
        else if (tokens is null || await tokens.ValidAsync(ClientTokens.In(report.Deciding), cancellation) is null) faults.Add("token not in force");
        return new ClientHealth(faults.Count == 0, faults);
    }
}
