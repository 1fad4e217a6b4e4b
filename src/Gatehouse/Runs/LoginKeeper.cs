using Gatehouse.Control.Logins;
using Gatehouse.Secrets;

namespace Gatehouse.Runs;

/// <summary>
/// Takes a login file back into its credential when the harness refreshed it: soon after it did, because the refresh token that is stored is used
/// up from then on, and at the end of the run. Disposed of by the run.
/// </summary>
internal sealed class LoginKeeper : IAsyncDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);

    private readonly IRunServer _server;
    private readonly string _workspaceId;
    private readonly string _harness;
    private readonly string _file;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _watching;
    private DateTime _seen;

    /// <summary>Begins to watch a file.</summary>
    public LoginKeeper(IRunServer server, string workspaceId, string harness, string file, TimeProvider clock)
    {
        (_server, _workspaceId, _harness, _file, _seen) = (server, workspaceId, harness, file, File.GetLastWriteTimeUtc(file));
        _watching = WatchAsync(clock);
    }

    /// <summary>Why the last attempt failed, for a person; null when it did not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Takes a login back once.</summary>
    /// <returns>Why not, for a person; null when it is stored, or need not be.</returns>
    public static async Task<string?> SyncAsync(IRunServer server, string workspaceId, string harness, string file)
    {
        try
        {
            if (!File.Exists(file) || new FileInfo(file).Length > LoginSync.Largest) return null;
            return await server.SyncAsync(workspaceId, harness, Secret.From(await File.ReadAllTextAsync(file, CancellationToken.None)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _watching;
        _ended.Dispose();
        await KeepAsync();
    }

    private async Task WatchAsync(TimeProvider clock)
    {
        using var timer = new PeriodicTimer(s_period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token)) await KeepAsync();
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task KeepAsync()
    {
        var written = File.GetLastWriteTimeUtc(_file);
        if (written == _seen) return;
        Trouble = await SyncAsync(_server, _workspaceId, _harness, _file);
        // Looked at again when it failed: half of a file may have been read.
        if (Trouble is null) _seen = written;
    }
}
