using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tests.Access;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Tests.Credentials;

public sealed class ClaudeLoginSourceTests : IDisposable
{
    private readonly LoginFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    public ClaudeLoginSourceTests() => _environment["HOME"] = _folder.Home;

    public void Dispose() => _folder.Dispose();

    /// <summary>The oracle: which of the four places hold something, and which serves.</summary>
    [Theory]
    [InlineData(true, true, true, true, "vault-1", false)]
    [InlineData(false, true, true, true, "env:ANTHROPIC_API_KEY", false)]
    [InlineData(false, false, true, true, "env:CLAUDE_ACCESS_TOKEN", true)]
    [InlineData(false, false, false, true, "login:claude", true)]
    [InlineData(false, false, false, false, null, false)]
    public void An_api_key_goes_before_the_token_and_the_token_before_the_file(bool vault, bool key, bool token, bool file, string? expected, bool isLogin)
    {
        if (key) _environment["ANTHROPIC_API_KEY"] = "sk-ant-api03-key";
        if (token) _environment["CLAUDE_ACCESS_TOKEN"] = " sk-ant-oat01-variable\n";
        if (file) _folder.Write(LoginFolder.First, null);

        var table = Table(vault);
        table.Find("anthropic")?.Id.ShouldBe(expected);
        (table.Find("anthropic") is null).ShouldBe(expected is null);
        (table.Find("anthropic")?.IsLogin ?? false).ShouldBe(isLogin);
        (table.LoginOf("anthropic") is null).ShouldBe(vault || key);
        if (token && isLogin) table.Find("anthropic")!.Secret.Reveal().ShouldBe("sk-ant-oat01-variable");
        // Whatever there is, it is this provider's alone.
        table.Find("openai").ShouldBeNull();
        table.LoginOf("openai").ShouldBeNull();
    }

    [Fact]
    public void A_provider_that_does_not_ask_for_it_never_gets_it()
    {
        _environment["CLAUDE_ACCESS_TOKEN"] = "sk-ant-oat01-variable";
        _folder.Write(LoginFolder.First, null);
        var table = CredentialTable.Build([new("anthropic", null, ["ANTHROPIC_API_KEY"])], [], _environment.GetValueOrDefault);
        table.Find("anthropic").ShouldBeNull();
        table.LoginOf("anthropic").ShouldBeNull();
    }

    [Fact]
    public void The_file_is_read_again_when_another_stands_in_its_place_and_is_never_written()
    {
        var until = DateTimeOffset.UtcNow.AddHours(8);
        _folder.Write(LoginFolder.First, until);
        var table = Table();
        var first = table.Find("anthropic")!;
        first.Secret.Reveal().ShouldBe(LoginFolder.First);
        first.Source.ShouldBe("login");
        table.Find("anthropic").ShouldBeSameAs(first);

        var replaced = LoginFolder.Content(LoginFolder.Second, until);
        _folder.Write(replaced);
        var second = table.Find("anthropic")!;
        second.Secret.Reveal().ShouldBe(LoginFolder.Second);
        second.Id.ShouldBe(first.Id);
        File.ReadAllText(_folder.File).ShouldBe(replaced);
        Directory.GetFiles(Path.GetDirectoryName(_folder.File)!).ShouldBe([_folder.File]);
    }

    [Fact]
    public void A_second_write_within_the_same_stamp_is_seen_all_the_same()
    {
        _folder.Write(LoginFolder.First, null);
        var stamp = File.GetLastWriteTimeUtc(_folder.File);
        var table = Table();
        table.Find("anthropic")!.Secret.Reveal().ShouldBe(LoginFolder.First);
        var other = LoginFolder.First.Replace("first", "frist", StringComparison.Ordinal);
        _folder.Write(other, null);
        File.SetLastWriteTimeUtc(_folder.File, stamp);
        table.Find("anthropic")!.Secret.Reveal().ShouldBe(other);
    }

    [Fact]
    public void A_file_that_is_half_written_leaves_what_was_there_a_moment_ago()
    {
        _folder.Write(LoginFolder.First, null);
        var table = Table();
        table.Find("anthropic").ShouldNotBeNull();
        File.WriteAllText(_folder.File, "{\"claudeAiOauth\":{\"acc");
        table.Find("anthropic")!.Secret.Reveal().ShouldBe(LoginFolder.First);
        // One that stays like that is no login.
        File.SetLastWriteTimeUtc(_folder.File, DateTime.UtcNow.AddMinutes(-1));
        table.Find("anthropic").ShouldBeNull();
        table.LoginOf("anthropic")!.Problem.ShouldNotBeNull().ShouldContain("claude auth login");
    }

    [Fact]
    public void A_login_ends_with_its_time_while_it_is_held()
    {
        var clock = new MovableClock();
        _folder.Write(LoginFolder.First, clock.GetUtcNow().AddMinutes(5));
        var table = Table(clock: clock);
        table.LoginOf("anthropic")!.State.ShouldBe(ClaudeLoginState.Good);
        clock.Move(TimeSpan.FromMinutes(5));
        table.Find("anthropic").ShouldBeNull();
        var ended = table.LoginOf("anthropic")!;
        ended.State.ShouldBe(ClaudeLoginState.Expired);
        ended.Problem.ShouldNotBeNull().ShouldContain("claude -p");
        ended.Problem.ShouldContain(_folder.File);
        _folder.Write(LoginFolder.Second, clock.GetUtcNow().AddHours(8));
        table.Find("anthropic")!.Secret.Reveal().ShouldBe(LoginFolder.Second);
    }

    [Fact]
    public void Nobodys_login_serves_several_users()
    {
        _environment["CLAUDE_ACCESS_TOKEN"] = "sk-ant-oat01-variable";
        _folder.Write(LoginFolder.First, null);
        var table = Table(shared: true);
        table.Find("anthropic").ShouldBeNull();
        table.LoginOf("anthropic")!.State.ShouldBe(ClaudeLoginState.Shared);
        table.LoginOf("anthropic")!.Token.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"claudeAiOauth":{"accessToken":"the-token"}}""", ClaudeLoginState.Good)]
    [InlineData("""{"access_token":"the-token"}""", ClaudeLoginState.Good)]
    [InlineData("""{"token":"the-token"}""", ClaudeLoginState.Good)]
    [InlineData("""{"claudeAiOauth":{"accessToken":"the-token","expiresAt":1}}""", ClaudeLoginState.Expired)]
    [InlineData("""{"claudeAiOauth":{"accessToken":"the-token","expiresAt":99999999999999999}}""", ClaudeLoginState.Unreadable)]
    [InlineData("""{"claudeAiOauth":{"accessToken":7}}""", ClaudeLoginState.Unreadable)]
    [InlineData("""{"claudeAiOauth":{}}""", ClaudeLoginState.Unreadable)]
    [InlineData("""{"claudeAiOauth":"the-token"}""", ClaudeLoginState.Unreadable)]
    [InlineData("""["the-token"]""", ClaudeLoginState.Unreadable)]
    [InlineData("the-token", ClaudeLoginState.Unreadable)]
    [InlineData("", ClaudeLoginState.Unreadable)]
    public void What_stands_in_the_file_is_judged_and_never_repeated(string content, ClaudeLoginState state)
    {
        _folder.Write(content);
        var found = Table().LoginOf("anthropic")!;
        found.State.ShouldBe(state);
        (found.Token?.Reveal()).ShouldBe(state == ClaudeLoginState.Good ? "the-token" : null);
        (found.Problem ?? "").ShouldNotContain("the-token");
        (found.Problem is null).ShouldBe(state == ClaudeLoginState.Good);
    }

    [Fact]
    public void The_file_is_the_one_that_the_environment_names()
    {
        var other = Path.Combine(_folder.Home, "other.json");
        File.WriteAllText(other, LoginFolder.Content(LoginFolder.Second, null));
        _environment["CLAUDE_CREDENTIALS_PATH"] = other;
        Table().Find("anthropic")!.Secret.Reveal().ShouldBe(LoginFolder.Second);
        _environment.Remove("CLAUDE_CREDENTIALS_PATH");
        Table().LoginOf("anthropic")!.State.ShouldBe(ClaudeLoginState.Missing);
        _environment["CLAUDE_CONFIG_DIR"] = "/elsewhere";
        ClaudeLoginSource.FileOf(_environment.GetValueOrDefault).ShouldBe("/elsewhere/.credentials.json");
    }

    private CredentialTable Table(bool vault = false, bool shared = false, TimeProvider? clock = null) => CredentialTable.Build(
        [new("anthropic", null, ["ANTHROPIC_API_KEY"], ClaudeLogin: true), new("openai", null, [])],
        vault ? [new ProviderCredential { Id = "vault-1", Provider = "anthropic", Source = "vault", Secret = Secret.From("sk-ant-api03-stored") }] : [],
        _environment.GetValueOrDefault,
        clock,
        shared);
}
