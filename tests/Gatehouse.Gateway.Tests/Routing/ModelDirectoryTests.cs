using Gatehouse.Dialects;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Tests.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using static Gatehouse.Gateway.Tests.Routing.RouteFixture;

namespace Gatehouse.Gateway.Tests.Routing;

public sealed class ModelDirectoryTests : IAsyncDisposable
{
    private static readonly Provider _anthropic = Provider("anthropic", ["claude-*"], null, Dialect.Anthropic);
    private static readonly Provider _groq = Provider("groq", ["llama-*"], null, Dialect.OpenAiChat);
    private static readonly Dialect[] _openAi = [Dialect.OpenAiChat, Dialect.OpenAiResponses];
    private static readonly Dialect[] _messages = [Dialect.Anthropic];
    private readonly Dictionary<string, Func<IReadOnlyList<ListedModel>>> _answers = [];
    private readonly List<(string Provider, Dialect Dialect)> _asked = [];
    private ModelDirectory? _directory;

    public async ValueTask DisposeAsync()
    {
        if (_directory is not null) await _directory.DisposeAsync();
    }

    [Fact]
    public void Configured_names_are_listed_before_any_provider_was_asked()
    {
        var directory = Make(Snapshot([Rule("fast", new ModelTarget("groq", "llama-3")), Rule("f*", new ModelTarget("groq"))], _groq));
        Names(directory, _openAi).ShouldBe(["fast"]);
        Names(directory, _messages).ShouldBe(["fast"], "its provider is reached by translation");
        _asked.ShouldBeEmpty("a request never waits for a provider");
    }

    [Fact]
    public async Task Providers_own_lists_follow_each_name_once_and_as_it_leads_to_them()
    {
        _answers["groq"] = () => [new("llama-3", "Llama 3"), new("fast"), new("whisper"), new("claude-x"), new("llama-3")];
        _answers["anthropic"] = () => [new("claude-opus-5", "Claude Opus 5"), new("claude-mine"), new("claude-y[1m]")];
        var directory = Make(Snapshot([
            Rule("fast", new ModelTarget("groq", "llama-3")), Rule("claude-mine", new ModelTarget("groq", "llama-3"))], _anthropic, _groq));
        await directory.RefreshAsync(CancellationToken.None);
        foreach (var dialects in new[] { _openAi, _messages })
            Names(directory, dialects).ShouldBe(["fast", "claude-mine", "claude-opus-5", "llama-3", "anthropic/claude-mine", "groq/fast", "groq/whisper", "groq/claude-x"]);
        directory.Find("claude-opus-5", _messages, _ => true).ShouldNotBeNull().DisplayName.ShouldBe("Claude Opus 5");
        directory.Find("whisper", _openAi, _ => true).ShouldBeNull("no rule leads there by the bare name");
        directory.Find("claude-opus-5", _openAi, _ => true).ShouldNotBeNull();
    }

    [Fact]
    public async Task What_no_other_name_leads_to_is_listed_in_the_explicit_form_behind_all_others()
    {
        var mine = Provider("mine", null, null, Dialect.OpenAiChat);
        _answers["mine"] = () => [new("qwen3", "Qwen 3"), new("llama-3"), new("fast"), new("vendor/big"), new("odd[1m]"), new("qwen3")];
        _answers["groq"] = () => [new("llama-3"), new("whisper")];
        var directory = Make(Snapshot([
            Rule("fast", new ModelTarget("mine", "qwen3")), Rule("vendor/*", new ModelTarget("mine")), Rule("mine/fast", new ModelTarget("groq", "llama-3"))], mine, _groq));
        await directory.RefreshAsync(CancellationToken.None);
        foreach (var dialects in new[] { _openAi, _messages })
            Names(directory, dialects).ShouldBe(["fast", "mine/fast", "vendor/big", "llama-3", "mine/qwen3", "mine/llama-3", "groq/whisper"]);
        directory.Find("mine/qwen3", _openAi, _ => true).ShouldNotBeNull().DisplayName.ShouldBe("Qwen 3");
        directory.List(_openAi, name => name.StartsWith("mine/q", StringComparison.Ordinal)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_provider_that_fails_in_the_moment_of_the_stop_does_not_make_that_fail()
    {
        var asked = new TaskCompletionSource();
        var directory = new ModelDirectory(
            Snapshot([], _groq),
            async (_, _, cancellation) =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw new InvalidDataException("The provider answered 404.");
            },
            TimeProvider.System,
            NullLogger<ModelDirectory>.Instance);
        directory.Start();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await directory.DisposeAsync();
    }

    [Fact]
    public async Task Only_what_the_caller_may_use_is_listed_found_or_proposed()
    {
        _answers["groq"] = () => [new("llama-3"), new("llama-4")];
        var directory = Make(Snapshot([], _groq));
        await directory.RefreshAsync(CancellationToken.None);
        directory.List(_openAi, n => n == "llama-4").ShouldHaveSingleItem().Id.ShouldBe("llama-4");
        directory.Find("llama-3", _openAi, n => n == "llama-4").ShouldBeNull();
        directory.Closest("lama-3", 1).ShouldBe(["llama-3"]);
        directory.Closest("lama-3", 1, n => n == "llama-4").ShouldNotContain("llama-3");
    }

    [Fact]
    public async Task A_provider_that_fails_keeps_its_last_list_and_holds_up_no_other()
    {
        _answers["groq"] = () => [new("llama-3")];
        _answers["anthropic"] = () => throw new HttpRequestException("no");
        var directory = Make(Snapshot([], _anthropic, _groq));
        await directory.RefreshAsync(CancellationToken.None);
        Names(directory, _openAi).ShouldBe(["llama-3"]);
        _answers["groq"] = () => throw new HttpRequestException("no");
        _answers["anthropic"] = () => [new("claude-x")];
        await directory.RefreshAsync(CancellationToken.None);
        foreach (var dialects in new[] { _openAi, _messages }) Names(directory, dialects).ShouldBe(["claude-x", "llama-3"]);
    }

    [Fact]
    public async Task A_host_of_several_dialects_is_asked_in_an_openai_one()
    {
        _answers["both"] = () => [];
        await Make(Snapshot([], Provider("both", ["x*"]))).RefreshAsync(CancellationToken.None);
        _asked.ShouldBe([("both", Dialect.OpenAiChat)]);
    }

    [Fact]
    public async Task A_new_configuration_changes_what_is_listed_at_once()
    {
        _answers["groq"] = () => [new("llama-3")];
        var directory = Make(Snapshot([], _groq));
        await directory.RefreshAsync(CancellationToken.None);
        directory.Update(Snapshot([Rule("quick", new ModelTarget("groq", "llama-3"))], _groq));
        Names(directory, _openAi).ShouldBe(["quick", "llama-3"]);
        directory.Update(Snapshot([], _anthropic));
        Names(directory, _openAi).ShouldBeEmpty();
    }

    [Fact]
    public async Task Providers_are_asked_at_start_every_ten_minutes_and_on_change()
    {
        using var asked = new SemaphoreSlim(0);
        var clock = new TimerClock();
        _answers["groq"] = () =>
        {
            asked.Release();
            return [];
        };
        var directory = Make(Snapshot([], _groq), clock);
        directory.Start();
        await Asked(asked);
        directory.Update(Snapshot([], _groq));
        await Asked(asked);
        await clock.FireAsync(TimeSpan.FromMinutes(10));
        await Asked(asked);
    }

    [Fact]
    public async Task A_provider_that_never_answers_is_given_up()
    {
        var clock = new TimerClock();
        _directory = new ModelDirectory(
            Snapshot([Rule("fast", new ModelTarget("groq"))], _groq), Forever, clock, NullLogger<ModelDirectory>.Instance);
        var refreshing = _directory.RefreshAsync(CancellationToken.None);
        await clock.FireAsync(TimeSpan.FromSeconds(30));
        await refreshing.WaitAsync(TimeSpan.FromSeconds(10));
        Names(_directory, _openAi).ShouldBe(["fast"]);

        static async Task<IReadOnlyList<ListedModel>> Forever(Provider provider, Dialect dialect, CancellationToken cancellation)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return [];
        }
    }

    private static async Task Asked(SemaphoreSlim asked) =>
        (await asked.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue("the provider was not asked");

    private static IEnumerable<string> Names(ModelDirectory directory, Dialect[] dialects) =>
        directory.List(dialects, _ => true).Select(m => m.Id);

    private ModelDirectory Make(GatewaySnapshot snapshot, TimeProvider? clock = null) =>
        _directory = new ModelDirectory(snapshot, Fetch, clock ?? TimeProvider.System, NullLogger<ModelDirectory>.Instance);

    private Task<IReadOnlyList<ListedModel>> Fetch(Provider provider, Dialect dialect, CancellationToken cancellation)
    {
        lock (_asked) _asked.Add((provider.Name, dialect));
        return Task.FromResult(_answers[provider.Name]());
    }
}
