using System.Net;
using System.Text.Json;
using Gatehouse.Storage;

namespace Gatehouse.Processes;

/// <summary>The process that holds a data directory, as seen from another one.</summary>
/// <param name="ProcessId">Its id; 0 while it has not said.</param>
/// <param name="Address">Where it listens, such as <c>http://127.0.0.1:8484</c>; null when it does not (yet).</param>
/// <param name="Health">What it answers about itself; null when it does not answer.</param>
internal sealed record RunningServer(int ProcessId, string? Address, JsonElement? Health)
{
    private const int Tries = 10;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    /// <summary>Settled exchanges that have no row in the ledger yet; null when the server does not say.</summary>
    public long? PendingRows =>
        Health is { } health && health.TryGetProperty("ledger", out var ledger) && ledger.TryGetProperty("pending_rows", out var rows)
            ? rows.GetInt64() : null;

    /// <summary>Finds the server of a data directory and asks it how it is; null when none runs.</summary>
    /// <exception cref="StoreException">The directory can't be read.</exception>
    public static async Task<RunningServer?> FindAsync(string directory, CancellationToken cancellation)
    {
        if (await HolderAsync(directory, cancellation) is not { } holder) return null;
        var health = holder.Address is { } address ? await HealthAsync(Reachable(address), cancellation) : null;
        return new RunningServer(holder.ProcessId, holder.Address, health);
    }

    /// <summary>An address as a program on this machine reaches it: one that is bound on all interfaces is called on loopback.</summary>
    public static Uri Reachable(string address)
    {
        var uri = new UriBuilder(address);
        if (!IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip)) return uri.Uri;
        if (ip.Equals(IPAddress.Any)) uri.Host = "127.0.0.1";
        else if (ip.Equals(IPAddress.IPv6Any)) uri.Host = "[::1]";
        return uri.Uri;
    }

    // Whoever looks at the lock takes it for an instant, so two that look at once see each other, as a holder without a name. A server that
    // has just started has none either.
    private static async Task<DirectoryHolder?> HolderAsync(string directory, CancellationToken cancellation)
    {
        DirectoryHolder? holder = null;
        for (var i = 0; i < Tries; i++)
        {
            holder = DirectoryLock.Holder(directory);
            if (holder is not { ProcessId: 0 }) return holder;
            await Task.Delay(s_pause, cancellation);
        }

        return holder;
    }

    /// <summary>What a server says about itself; null when none answers.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public static async Task<JsonElement?> HealthAsync(Uri address, CancellationToken cancellation)
    {
        try
        {
            using var http = LocalHttp.Open(address, s_limit);
            // 503 is an answer too: it runs, but has nobody to call.
            using var answer = await http.GetAsync(new Uri("/health", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable)) return null;
            await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
            using var document = await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException
            || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }
}
