using System.Collections.Immutable;
using System.Text;
using Gatehouse.Control.Logins;
using Gatehouse.Control.Tests.Runtime;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Tests.Logins;

public sealed class CodexRefreshBrokerTests : IAsyncLifetime
{
    private readonly List<string> _calls = [];
    private RuntimeFixture _fixture = null!;
    private VendorAnswer? _next;
    private TaskCompletionSource? _gate;

    public async ValueTask InitializeAsync()
    {
        _fixture = await RuntimeFixture.CreateAsync();
        await _fixture.ConnectAsync("openai-codex", CredentialKind.AuthJson, LoginSyncTests.File(1));
    }

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task A_refresh_calls_the_vendor_once_and_is_stored_before_it_is_answered()
    {
        var answer = await RefreshAsync(Broker(), "refresh-1");
        answer.Status.ShouldBe(RefreshStatus.Ok);
        (answer.AccessToken!.Reveal(), answer.RefreshToken!.Reveal(), answer.IdToken!.Reveal(), answer.Stale).ShouldBe(("access-new-1", "refresh-new-1", "id-new-1", false));
        _calls.ShouldBe(["refresh-1"]);
        var stored = await StoredAsync();
        stored.ShouldContain("\"access_token\":\"access-new-1\"");
        stored.ShouldContain("\"refresh_token\":\"refresh-new-1\"");
        stored.ShouldContain("\"account_id\":\"acct\"");
        stored.ShouldContain("\"OPENAI_API_KEY\":null");
        stored.ShouldContain("\"last_refresh\":\"2026-11-21T12:00:00Z\"");
    }

    [Fact]
    public async Task Two_at_once_cause_one_call_and_both_get_the_new_set()
    {
        _gate = new TaskCompletionSource();
        var broker = Broker();
        var both = new[] { RefreshAsync(broker, "refresh-1"), RefreshAsync(broker, "refresh-1") };
        _gate.SetResult();
        foreach (var answer in await Task.WhenAll(both))
        {
            answer.RefreshToken!.Reveal().ShouldBe("refresh-new-1");
            answer.Stale.ShouldBeFalse();
        }

        _calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_used_up_long_ago_gets_an_access_token_and_no_refresh_token()
    {
        var broker = Broker();
        await RefreshAsync(broker, "refresh-1");
        _fixture.Store.Clock.Move(TimeSpan.FromMinutes(6));
        foreach (var old in new[] { "refresh-1", "refresh-of-another-time" })
        {
            var stale = await RefreshAsync(broker, old);
            stale.Stale.ShouldBeTrue();
            stale.AccessToken!.Reveal().ShouldBe("access-new-1");
            stale.IdToken.ShouldNotBeNull();
            stale.RefreshToken.ShouldBeNull();
        }

        _calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Only_calls_to_the_vendor_count_and_too_many_say_when_to_come_again()
    {
        var broker = Broker(new RefreshRules { CallsPerHour = 2 });
        await RefreshAsync(broker, "refresh-1");
        for (var i = 0; i < 5; i++) await RefreshAsync(broker, "refresh-1");
        await RefreshAsync(broker, "refresh-new-1");
        var many = await RefreshAsync(broker, "refresh-new-2");
        many.Status.ShouldBe(RefreshStatus.TooMany);
        many.RetryAfterSeconds.ShouldBe(3600);
        _fixture.Store.Clock.Move(TimeSpan.FromHours(1));
        (await RefreshAsync(broker, "refresh-new-2")).Status.ShouldBe(RefreshStatus.Ok);
        _calls.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("openid email offline_access", null, 200)]
    [InlineData("openid admin", null, 502)]
    [InlineData("openid admin", "", 200)]
    [InlineData("openid admin", "openid admin", 200)]
    [InlineData("openid profile", "openid", 502)]
    public async Task Scopes_that_were_not_expected_are_refused_and_nothing_is_kept(string scope, string? setting, int status)
    {
        _next = new VendorAnswer { Status = 200, AccessToken = "a", RefreshToken = "r", Scope = scope };
        (await RefreshAsync(Broker(RefreshRules.Of(new CodexRefreshConfig { Scopes = setting?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToImmutableArray() })), "refresh-1")).Status.ShouldBe((RefreshStatus)status);
        (await StoredAsync() == LoginSyncTests.File(1)).ShouldBe(status != 200);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant","error_description":"used up"}""", 400, "invalid_grant", "used up")]
    [InlineData(401, """{"error":{"code":"refresh_token_reused","message":"log in again","param":"secret"}}""", 401, "refresh_token_reused", "log in again")]
    [InlineData(401, """{"error":"x","error_description":"no good: refresh-1"}""", 401, "x", "The login service refused the refresh. Log in again with 'codex login' and replace the credential.")]
    [InlineData(500, "<html>refresh-1</html>", 502, "server_error", "The login service failed.")]
    [InlineData(200, "[]", 502, "server_error", "The login service failed.")]
    [InlineData(200, """{"access_token":"a","scope":7}""", 502, "invalid_scope", "The login service answered with scopes that can't be read.")]
    public async Task The_vendors_errors_come_through_as_a_word_and_a_sentence(int status, string body, int expected, string error, string description)
    {
        _next = CodexTokenEndpoint.Read(status, Encoding.UTF8.GetBytes(body));
        var answer = await RefreshAsync(Broker(), "refresh-1");
        (answer.Status, answer.Error, answer.Description).ShouldBe(((RefreshStatus)expected, error, description));
        (await StoredAsync()).ShouldBe(LoginSyncTests.File(1));
    }

    [Fact]
    public async Task A_vendor_that_cannot_be_reached_or_a_login_that_is_gone_is_told()
    {
        var unreachable = new CodexRefreshBroker(_fixture.Editors.Credentials, Refreshes, (_, _) => throw new HttpRequestException("refresh-1"), () => new RefreshRules(), _fixture.Store.Clock);
        var answer = await RefreshAsync(unreachable, "refresh-1");
        answer.Status.ShouldBe(RefreshStatus.BadGateway);
        answer.Description!.ShouldNotContain("refresh-1");
        (await Broker().RefreshAsync(TenantTable.Empty, _fixture.Workspace, Secret.From("x"))).Status.ShouldBe(RefreshStatus.NotFound);
        var entry = (await _fixture.Editors.Credentials.ListAsync(_fixture.Owner)).Single();
        await _fixture.Editors.Credentials.RemoveAsync(_fixture.Owner, entry.Id);
        (await RefreshAsync(Broker(), "refresh-1")).Status.ShouldBe(RefreshStatus.NotFound);
    }

    [Fact]
    public async Task A_login_that_a_person_replaced_meanwhile_stays()
    {
        _gate = new TaskCompletionSource();
        var refreshing = RefreshAsync(Broker(), "refresh-1");
        await Served(() => _calls.Count == 1);
        var entry = (await _fixture.Editors.Credentials.ListAsync(_fixture.Owner)).Single();
        (await _fixture.Editors.Credentials.ReplaceAsync(_fixture.Owner, entry.Id, Secret.From(LoginSyncTests.File(7)))).Error.ShouldBeNull();
        _gate.SetResult();
        (await refreshing).AccessToken!.Reveal().ShouldBe("access-new-1");
        (await StoredAsync()).ShouldBe(LoginSyncTests.File(7));
    }

    [Fact]
    public async Task Who_waits_too_long_for_another_refresh_is_told()
    {
        _gate = new TaskCompletionSource();
        var broker = Broker(new RefreshRules { LockLimit = TimeSpan.FromMilliseconds(1) });
        var first = RefreshAsync(broker, "refresh-1");
        await Served(() => _calls.Count == 1);
        (await RefreshAsync(broker, "refresh-1")).Status.ShouldBe(RefreshStatus.LateGateway);
        _gate.SetResult();
        (await first).Status.ShouldBe(RefreshStatus.Ok);
    }

    [Fact]
    public async Task A_token_that_another_gateway_used_up_in_the_same_moment_gets_what_that_one_stored()
    {
        _gate = new TaskCompletionSource();
        _next = new VendorAnswer { Status = 401, Error = "refresh_token_reused" };
        var refreshing = RefreshAsync(Broker(), "refresh-1");
        await Served(() => _calls.Count == 1);
        var entry = (await _fixture.Editors.Credentials.ListAsync(_fixture.Owner)).Single();
        (await _fixture.Editors.Credentials.ReplaceAsync(_fixture.Owner, entry.Id, Secret.From(LoginSyncTests.File(7)))).Error.ShouldBeNull();
        _gate.SetResult();
        var answer = await refreshing;
        (answer.Status, answer.AccessToken?.Reveal(), answer.RefreshToken?.Reveal()).ShouldBe((RefreshStatus.Ok, "access-7", "refresh-7"));
    }

    [Fact]
    public async Task A_refresh_token_is_used_up_when_there_is_a_new_one_and_stays_in_force_when_there_is_none()
    {
        var broker = Broker();
        var id = (await _fixture.Editors.Credentials.ListAsync(_fixture.Owner)).Single().Id;
        _next = new VendorAnswer { Status = 200, AccessToken = "access-new" };
        (await RefreshAsync(broker, "refresh-1")).RefreshToken!.Reveal().ShouldBe("refresh-1");
        (await broker.IsUsedUpAsync(id, Secret.From("refresh-1"))).ShouldBeFalse();
        _next = null;
        (await RefreshAsync(broker, "refresh-1")).RefreshToken!.Reveal().ShouldBe("refresh-new-2");
        (await broker.IsUsedUpAsync(id, Secret.From("refresh-1"))).ShouldBeTrue();
        (await broker.IsUsedUpAsync(id, Secret.From("refresh-new-2"))).ShouldBeFalse();
    }

    [Fact]
    public async Task Two_gateways_on_one_database_cause_one_call_and_both_give_the_new_set()
    {
        _gate = new TaskCompletionSource();
        var asked = 0;
        RefreshRules Asked()
        {
            Interlocked.Increment(ref asked);
            return new RefreshRules();
        }

        var other = await OtherAsync(Asked);
        var both = new[] { RefreshAsync(Broker(), "refresh-1"), RefreshAsync(other, "refresh-1") };
        await Served(() => asked == 1 && _calls.Count > 0);
        _gate.SetResult();
        foreach (var answer in await Task.WhenAll(both))
            (answer.Status, answer.RefreshToken?.Reveal(), answer.Stale).ShouldBe((RefreshStatus.Ok, "refresh-new-1", false));
        _calls.ShouldBe(["refresh-1"]);
    }

    [Fact]
    public async Task While_one_gateway_refreshes_another_calls_nobody_and_says_after_a_while_that_it_takes_too_long()
    {
        _gate = new TaskCompletionSource();
        var first = RefreshAsync(Broker(), "refresh-1");
        await Served(() => _calls.Count == 1);
        var other = await OtherAsync(() => new RefreshRules { LockLimit = TimeSpan.FromMilliseconds(200) }, CallFreelyAsync);
        (await RefreshAsync(other, "refresh-1")).Status.ShouldBe(RefreshStatus.LateGateway);
        _calls.Count.ShouldBe(1);
        _gate.SetResult();
        (await first).Status.ShouldBe(RefreshStatus.Ok);
        (await RefreshAsync(other, "refresh-1")).RefreshToken!.Reveal().ShouldBe("refresh-new-1");
        _calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_gateway_held_that_died_in_the_middle_is_free_again_when_its_time_is_over()
    {
        var id = (await _fixture.Editors.Credentials.ListAsync(_fixture.Owner)).Single().Id;
        (await Refreshes.TryLeaseAsync(id, "dead", _fixture.Store.Clock.GetUtcNow(), TimeSpan.FromSeconds(30))).ShouldBeTrue();
        var broker = Broker(new RefreshRules { LockLimit = TimeSpan.FromMilliseconds(50) });
        (await RefreshAsync(broker, "refresh-1")).Status.ShouldBe(RefreshStatus.LateGateway);
        _fixture.Store.Clock.Move(TimeSpan.FromSeconds(30));
        (await RefreshAsync(broker, "refresh-1")).Status.ShouldBe(RefreshStatus.Ok);
        // Given back at its end, in no time; and who comes back too late takes nobody's.
        (await Refreshes.TryLeaseAsync(id, "next", _fixture.Store.Clock.GetUtcNow(), TimeSpan.FromSeconds(30))).ShouldBeTrue();
        await Refreshes.ReleaseAsync(id, "dead");
        (await Refreshes.TryLeaseAsync(id, "another", _fixture.Store.Clock.GetUtcNow(), TimeSpan.FromSeconds(30))).ShouldBeFalse();
    }

    [Fact]
    public async Task What_one_gateway_used_up_and_how_often_it_called_another_knows_and_the_next_start_too()
    {
        var rules = new RefreshRules { CallsPerHour = 2 };
        var other = await OtherAsync(() => rules);
        var id = (await _fixture.Editors.Credentials.ListAsync(_fixture.Owner)).Single().Id;
        await RefreshAsync(Broker(rules), "refresh-1");
        foreach (var broker in new[] { other, Broker(rules) })
        {
            (await RefreshAsync(broker, "refresh-1")).RefreshToken!.Reveal().ShouldBe("refresh-new-1");
            (await broker.IsUsedUpAsync(id, Secret.From("refresh-1"))).ShouldBeTrue();
            (await broker.IsUsedUpAsync(id, Secret.From("refresh-of-another-time"))).ShouldBeFalse();
            (await broker.IsUsedUpAsync("another-login", Secret.From("refresh-1"))).ShouldBeFalse();
        }

        (await RefreshAsync(other, "refresh-new-1")).Status.ShouldBe(RefreshStatus.Ok);
        (await RefreshAsync(Broker(rules), "refresh-new-2")).Status.ShouldBe(RefreshStatus.TooMany);
        _fixture.Store.Clock.Move(TimeSpan.FromMinutes(6));
        (await RefreshAsync(other, "refresh-1")).Stale.ShouldBeTrue();
        await _fixture.Store.CloseAsync();
        _fixture.Store.DiskHolds("refresh-1").ShouldBeFalse("of what was used up the hash alone is kept");
    }

    // As another program has it: connections of its own to the same database.
    private async Task<CodexRefreshBroker> OtherAsync(Func<RefreshRules> rules, VendorCall? vendor = null)
    {
        var store = await _fixture.Store.OpenAnotherAsync();
        var editors = new TenantEditors(store, _fixture.Store.Ring, _fixture.Store.Clock);
        return new CodexRefreshBroker(editors.Credentials, new LoginRefreshStore(store), vendor ?? CallAsync, rules, _fixture.Store.Clock);
    }

    private Task<VendorAnswer> CallFreelyAsync(Secret token, CancellationToken cancellation)
    {
        lock (_calls) _calls.Add(token.Reveal());
        return Task.FromResult(new VendorAnswer { Status = 200, AccessToken = "access-freely", RefreshToken = "refresh-freely" });
    }

    private static async Task Served(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition()) await Task.Delay(10, limit.Token);
    }

    private LoginRefreshStore Refreshes => new(_fixture.Store.Store);

    private CodexRefreshBroker Broker(RefreshRules? rules = null) =>
        new(_fixture.Editors.Credentials, Refreshes, CallAsync, () => rules ?? new RefreshRules(), _fixture.Store.Clock);

    private async Task<VendorAnswer> CallAsync(Secret token, CancellationToken cancellation)
    {
        lock (_calls) _calls.Add(token.Reveal());
        if (_gate is { } gate) await gate.Task.WaitAsync(cancellation);
        var number = _calls.Count;
        return _next ?? new VendorAnswer { Status = 200, AccessToken = $"access-new-{number}", IdToken = $"id-new-{number}", RefreshToken = $"refresh-new-{number}" };
    }

    private async Task<RefreshResult> RefreshAsync(CodexRefreshBroker broker, string token)
    {
        var table = (await TenantLoad.LoadAsync(_fixture.Store.Store, _fixture.Store.Ring, _ => null)).Table;
        return await broker.RefreshAsync(table, _fixture.Workspace, Secret.From(token));
    }

    private async Task<string> StoredAsync()
    {
        var entry = (await _fixture.Editors.Credentials.ListAsync(_fixture.Owner)).ShouldHaveSingleItem();
        return (await _fixture.Editors.Credentials.OpenAsync(_fixture.Owner, entry.Id)).Value!.Secret!.Reveal();
    }
}
