using Gatehouse.Control;
using Gatehouse.Secrets;

namespace Gatehouse.Runs;

/// <summary>
/// The token of one run: good for a short while, which is moved on as long as the run goes on, and revoked at its end. The harness holds the
/// same text all the time. Disposed of by the run.
/// </summary>
internal sealed class RunToken : IAsyncDisposable
{
    /// <summary>For how long it is good at a time unless told otherwise: what a run that was killed leaves behind opens nothing after it.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    // How soon a run notices that its workspace was stopped.
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(10);

    private readonly IRunServer _server;
    private readonly string _workspaceId;
    private readonly TimeSpan _renewal;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _disposed = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Task _watching;

    private RunToken(IRunServer server, string workspaceId, IssuedToken issued, TimeSpan life, TimeProvider clock)
    {
        (_server, _workspaceId, _renewal, _clock, Id, Text) = (server, workspaceId, life / 3, clock, issued.Id, issued.Text);
        _watching = WatchAsync(life);
    }

    /// <summary>Its id.</summary>
    public Guid Id { get; }

    /// <summary>What the harness presents.</summary>
    public Secret Text { get; }

    /// <summary>Why the run may not go on, for a person; null while it may.</summary>
    public string? Why { get; private set; }

    /// <summary>Cancelled when the run may not go on.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Makes a token of a workspace for a harness.</summary>
    /// <param name="server">Makes, renews and revokes it.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="harness">The harness.</param>
    /// <param name="life">For how long it is good at a time.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public static async Task<Edited<RunToken>> MakeAsync(
        IRunServer server, string workspaceId, string harness, TimeSpan life, TimeProvider clock, CancellationToken cancellation)
    {
        var made = await server.IssueAsync(workspaceId, harness, life, cancellation);
        return new Edited<RunToken>(made.Value is { } issued ? new RunToken(server, workspaceId, issued, life, clock) : null, made.Error, made.Refusal);
    }

    /// <summary>Revokes it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _watching;
        _disposed.Dispose();
        _over.Dispose();
        await _server.RevokeAsync(Id);
    }

    private async Task WatchAsync(TimeSpan life)
    {
        using var timer = new PeriodicTimer(_renewal < s_look ? _renewal : s_look, _clock);
        var renewed = _clock.GetUtcNow();
        try
        {
            while (await timer.WaitForNextTickAsync(_disposed.Token))
            {
                var now = _clock.GetUtcNow();
                var isDue = now - renewed >= _renewal;
                var news = isDue ? await _server.RenewAsync(Id, life, _disposed.Token) : await _server.LookAsync(_workspaceId, _disposed.Token);
                if (isDue && news.State == RunState.Good) renewed = now;
                if (news.State != RunState.Ended) continue;
                Why = news.Why;
                await _over.CancelAsync();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
