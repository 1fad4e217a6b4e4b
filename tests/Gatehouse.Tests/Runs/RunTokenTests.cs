using Gatehouse.Installations;
using Gatehouse.Runs;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Runs;

public sealed class RunTokenTests
{
    [Fact]
    public async Task A_token_is_moved_on_while_the_run_lasts_and_revoked_at_its_end()
    {
        using var home = new TemporaryHome();
        await using var installation = (await Installation.OpenAsync(home.DataDirectory, home.KeyFile, _ => null)).Installation!;
        var clock = new TickingClock();
        var tokens = new Control.Tokens(new Gateway.Access.AccessStore(installation.Store), installation.Keys.TokenHasher, clock);
        await using (var token = await MakeAsync(installation, tokens, clock))
        {
            // Longer than it was good for, as after a sleep of the machine.
            clock.Now += TimeSpan.FromHours(8);
            clock.Tick();
            await Served.UntilAsync(async () => (await ListedAsync(tokens)).ExpiresAt == clock.Now + RunToken.Life, "renewal");
            clock.Period.ShouldBeLessThanOrEqualTo(RunToken.Life / 2);
            (await ListedAsync(tokens)).RevokedAt.ShouldBeNull();
        }

        (await ListedAsync(tokens)).RevokedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_token_that_a_person_revoked_is_not_renewed()
    {
        using var home = new TemporaryHome();
        await using var installation = (await Installation.OpenAsync(home.DataDirectory, home.KeyFile, _ => null)).Installation!;
        var clock = new TickingClock();
        var tokens = new Control.Tokens(new Gateway.Access.AccessStore(installation.Store), installation.Keys.TokenHasher, clock);
        await using var token = await MakeAsync(installation, tokens, clock);
        await tokens.RevokeAsync(token.Id.ToString());
        var expires = (await ListedAsync(tokens)).ExpiresAt;
        clock.Now += TimeSpan.FromMinutes(10);
        clock.Tick();
        await Served.UntilAsync(() => Task.FromResult(clock.IsStopped), "the end of renewal");
        (await ListedAsync(tokens)).ExpiresAt.ShouldBe(expires);
    }

    private static async Task<RunToken> MakeAsync(Installation installation, Control.Tokens tokens, TimeProvider clock)
    {
        var workspace = (await RunWorkspace.FindAsync(installation, null, default)).Value!;
        (await RunWorkspace.FindAsync(installation, null, default)).Value!.Id.ShouldBe(workspace.Id);
        var server = new OwnServer(installation, new Uri("http://127.0.0.1:8484"), new Gateway.Configuration.WorkspacesConfig(), clock);
        var token = (await RunToken.MakeAsync(server, workspace.Id, "claude-code", RunToken.Life, clock, default)).Value.ShouldNotBeNull();
        var listed = await ListedAsync(tokens);
        (listed.Kind, listed.WorkspaceId, listed.Harness).ShouldBe((Gateway.Access.TokenKind.Workspace, workspace.Id, "claude-code"));
        return token;
    }

    private static async Task<Gateway.Access.AccessToken> ListedAsync(Control.Tokens tokens) => (await tokens.ListAsync()).ShouldHaveSingleItem();

#pragma warning disable CA1001 // The timer belongs to who asked for it.
    /// <summary>A clock whose one timer fires when it is told.</summary>
    private sealed class TickingClock : TimeProvider
#pragma warning restore CA1001
    {
        private Timer? _timer;

        public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

        public TimeSpan Period { get; private set; }

        public bool IsStopped => _timer!.IsStopped;

        public override DateTimeOffset GetUtcNow() => Now;

        public void Tick() => _timer!.Fire();

        public void Dispose() => _timer?.Dispose();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Period = period;
            return _timer = new Timer(() => callback(state));
        }

        private sealed class Timer(Action fire) : ITimer
        {
            public bool IsStopped { get; private set; }

            public void Fire() => fire();

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => IsStopped = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
