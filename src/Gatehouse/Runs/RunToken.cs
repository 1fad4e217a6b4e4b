using Gatehouse.Control;
using Gatehouse.Secrets;

namespace Gatehouse.Runs;

/// <summary>
/// The token of one run: good for a short while, which is moved on as long as the run goes on, and revoked at its end. The harness holds the
/// same text all the time. Disposed of by the run.
/// </summary>
internal sealed class RunToken : IAsyncDisposable
{
    /// <summary>For how long it is good at a time: what a run that was killed leaves behind opens nothing after it.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan s_period = Life / 3;

    private readonly Control.Tokens _tokens;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _renewing;

    private RunToken(Control.Tokens tokens, TimeProvider clock, MintedToken minted)
    {
        (_tokens, _clock, Id, Text) = (tokens, clock, minted.Token.Id, minted.Text);
        _renewing = RenewAsync();
    }

    /// <summary>Its id.</summary>
    public Guid Id { get; }

    /// <summary>What the harness presents.</summary>
    public Secret Text { get; }

    /// <summary>Makes a token of a workspace for a harness.</summary>
    /// <param name="workspaces">Makes tokens of workspaces.</param>
    /// <param name="tokens">Renews and revokes them.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="harness">The harness.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public static async Task<Edited<RunToken>> MakeAsync(
        WorkspaceTokens workspaces, Control.Tokens tokens, string workspaceId, string harness, TimeProvider clock, CancellationToken cancellation)
    {
        var made = await workspaces.IssueAsync(Actor.OfThisMachine, workspaceId, harness, Life, cancellation: cancellation);
        return new Edited<RunToken>(made.Value is { } minted ? new RunToken(tokens, clock, minted) : null, made.Error, made.Refusal);
    }

    /// <summary>Revokes it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _renewing;
        _ended.Dispose();
        // Refused when its workspace was stopped meanwhile, which revoked it.
        _ = await _tokens.RevokeAsync(Id.ToString(), CancellationToken.None);
    }

    // The clock may have stood still meanwhile, on a machine that slept: a token that expired is renewed all the same.
    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(s_period, _clock);
        while (await NextAsync(timer))
        {
            try
            {
                // Revoked by a person: the run goes on, and is refused.
                if ((await _tokens.RenewAsync(Id, _clock.GetUtcNow() + Life, _ended.Token)).Value is null) return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Storage.StoreException)
            {
                // The next time may find the database well again; two come before the token expires.
            }
        }
    }

    private async Task<bool> NextAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_ended.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
