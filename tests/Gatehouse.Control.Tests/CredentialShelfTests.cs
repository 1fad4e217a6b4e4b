using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;
using static Gatehouse.Control.Tests.TenantFixture;

namespace Gatehouse.Control.Tests;

public sealed class CredentialShelfTests : IAsyncLifetime
{
    private TenantFixture _fixture = null!;

    private CredentialShelf Shelf => _fixture.Editors.Credentials;

    public async ValueTask InitializeAsync() => _fixture = await TenantFixture.CreateAsync();

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Theory]
    [InlineData(CredentialKind.ApiKey, AnthropicKey, null, null)]
    [InlineData(CredentialKind.ApiKey, "  " + OtherKey + "\n", null, "groq")]
    [InlineData(CredentialKind.OAuthToken, "sk-ant-oat01-canary_0.1-2", null, null)]
    [InlineData(CredentialKind.OpenAiCompatible, "k", "https://api.example.com/v1/", null)]
    [InlineData(CredentialKind.AnthropicCompatible, "local", "https://anthropic-alt.example/anthropic", null)]
    [InlineData(CredentialKind.AuthJson, """{"tokens":{"access_token":"a","refresh_token":"r","id_token":"i"},"later":1}""", null, null)]
    public async Task What_is_given_well_is_stored_and_opens_as_it_was(CredentialKind kind, string secret, string? baseUrl, string? provider)
    {
        var entry = Ok(await Shelf.AddAsync(_fixture.Ann, Given(kind, secret, baseUrl, provider)));

        entry.Warnings.ShouldBeEmpty();
        (entry.OwnerId, entry.Kind, entry.IsActive, entry.Opens, entry.Revision).ShouldBe(("ann", kind, true, true, 1));
        var opened = Ok(await Shelf.OpenAsync(_fixture.Ann, entry.Id));
        opened.Secret!.Reveal().ShouldBe(secret.Trim());
        opened.BaseUrl?.AbsoluteUri.ShouldBe(baseUrl?.TrimEnd('/'));
        opened.Dialect.ShouldBe(kind switch
        {
            CredentialKind.OpenAiCompatible => Dialect.OpenAiChat,
            CredentialKind.AnthropicCompatible => Dialect.Anthropic,
            _ => null,
        });
        opened.Provider.ShouldBe(provider ?? (kind == CredentialKind.ApiKey ? "anthropic" : null));
    }

    [Theory]
    [InlineData(CredentialKind.ApiKey, "", null, null, "empty")]
    [InlineData(CredentialKind.ApiKey, "two words", null, "openai", "can't stand in a header")]
    [InlineData(CredentialKind.ApiKey, "line\r\nx-evil: 1", null, "openai", "can't stand in a header")]
    [InlineData(CredentialKind.ApiKey, "sk-ant-oat01-abcdefghijklmnop", null, null, "kind oauth-token")]
    [InlineData(CredentialKind.ApiKey, "sk-ant-oat01-abcdefghijklmnop", null, "openai", "kind oauth-token")]
    [InlineData(CredentialKind.ApiKey, "sk-ant-api03", null, null, "begins with sk-ant-api")]
    [InlineData(CredentialKind.ApiKey, OtherKey, null, "anthropic", "begins with sk-ant-api")]
    [InlineData(CredentialKind.ApiKey, OtherKey, null, "nobody", "no provider preset")]
    [InlineData(CredentialKind.ApiKey, OtherKey, null, "openai-compatible", "no provider preset")]
    [InlineData(CredentialKind.ApiKey, OtherKey, "https://api.example.com/v1", null, "openai-compatible or anthropic-compatible")]
    [InlineData(CredentialKind.OAuthToken, AnthropicKey, null, null, "kind api-key")]
    [InlineData(CredentialKind.OAuthToken, "sk-something", null, null, "begins with sk-ant-oat")]
    [InlineData(CredentialKind.OAuthToken, "sk-ant-oat01-a$b", null, null, "letters, digits")]
    [InlineData(CredentialKind.OpenAiCompatible, "k", null, null, "base URL is needed")]
    [InlineData(CredentialKind.OpenAiCompatible, "k", "http://api.example.com/v1", null, "not https")]
    [InlineData(CredentialKind.OpenAiCompatible, "k", "ftp://api.example.com", null, "not an http")]
    [InlineData(CredentialKind.OpenAiCompatible, "k", "https://user:pass@api.example.com/v1", null, "user name or password")]
    [InlineData(CredentialKind.OpenAiCompatible, "k", "https://api.example.com/v1?key=1", null, "query")]
    [InlineData(CredentialKind.OpenAiCompatible, "k", "https://127.0.0.1/v1", null, "private or loopback")]
    [InlineData(CredentialKind.OpenAiCompatible, "k", "https://[::1]/v1", null, "private or loopback")]
    [InlineData(CredentialKind.OpenAiCompatible, "k", "https://10.1.2.3/v1", null, "private or loopback")]
    [InlineData(CredentialKind.OpenAiCompatible, "k", "https://169.254.169.254/latest", null, "private or loopback")]
    [InlineData(CredentialKind.OpenAiCompatible, "k", "https://localhost/v1", null, "private or loopback")]
    [InlineData(CredentialKind.OpenAiCompatible, "k", "https://api.example.com/v1/chat/completions", null, "appended")]
    [InlineData(CredentialKind.OpenAiCompatible, "k", "https://api.example.com/v1", "openai", "names no provider")]
    [InlineData(CredentialKind.AnthropicCompatible, "k", "https://api.example.com/v1", null, "ends with /v1")]
    [InlineData(CredentialKind.AuthJson, "sk-key", null, null, "not a Codex login file")]
    [InlineData(CredentialKind.AuthJson, """{"tokens":{}}""", null, null, "not a Codex login file")]
    [InlineData(CredentialKind.AuthJson, """{"tokens":{"access_token":1}}""", null, null, "not a Codex login file")]
    [InlineData(CredentialKind.AuthJson, """[{"tokens":{"access_token":"a"}}]""", null, null, "not a Codex login file")]
    public async Task What_is_surely_wrong_is_refused_without_repeating_it(
        CredentialKind kind, string secret, string? baseUrl, string? provider, string why)
    {
        var before = await _fixture.DumpAsync();

        var refused = await Shelf.AddAsync(_fixture.Ann, Given(kind, secret, baseUrl, provider));

        refused.Refusal.ShouldBe(EditRefusal.Invalid);
        refused.Error!.ShouldContain(why);
        if (secret.Length > 6) refused.Error!.ShouldNotContain(secret);
        if (baseUrl is not null) refused.Error!.ShouldNotContain(baseUrl);
        (await _fixture.DumpAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Secrets_have_a_longest_length()
    {
        (await Shelf.AddAsync(_fixture.Ann, Given(CredentialKind.ApiKey, new string('k', 8193), null, "openai"))).Error!.ShouldContain("longer");
        (await Shelf.AddAsync(_fixture.Ann, Given(CredentialKind.AuthJson, $$$"""{"tokens":{"access_token":"{{{new string('a', 65536)}}}"}}"""))).Error!.ShouldContain("larger");
    }

    [Fact]
    public async Task A_private_network_is_the_operators_to_open()
    {
        var opened = new TenantEditors(_fixture.Store.Store, _fixture.Store.Ring, _fixture.Store.Clock, () => ["127.0.0.1:11434"]);

        var entry = Ok(await opened.Credentials.AddAsync(_fixture.Ann, Given(CredentialKind.OpenAiCompatible, "none", "http://127.0.0.1:11434/v1")));

        entry.BaseUrl.ShouldBe(new Uri("http://127.0.0.1:11434/v1"));
        (await opened.Credentials.AddAsync(_fixture.Ann, Given(CredentialKind.OpenAiCompatible, "none", "http://127.0.0.1:11435/v1")))
            .Refusal.ShouldBe(EditRefusal.Invalid, "each host by itself");
    }

    [Theory]
    [InlineData("""{"tokens":{"access_token":"a"}}""", new[] { "no refresh token", "no id token" })]
    [InlineData("""{"tokens":{"access_token":"a","refresh_token":"","id_token":null}}""", new[] { "no refresh token", "no id token" })]
    // Payload {"exp":1000000000}: September 2001.
    [InlineData("""{"tokens":{"access_token":"e30.eyJleHAiOjEwMDAwMDAwMDB9.x","refresh_token":"r","id_token":"i"}}""", new[] { "expired on 2001-09-09" })]
    // Payload {"exp":4000000000}: the year 2096.
    [InlineData("""{"tokens":{"access_token":"e30.eyJleHAiOjQwMDAwMDAwMDB9.x","refresh_token":"r","id_token":"i"}}""", new string[0])]
    [InlineData("""{"tokens":{"access_token":"e30.!!.x","refresh_token":"r","id_token":"i"}}""", new string[0])]
    public async Task A_login_file_that_will_not_last_is_stored_with_a_warning(string file, string[] warnings)
    {
        var entry = Ok(await Shelf.AddAsync(_fixture.Ann, Given(CredentialKind.AuthJson, file)));

        entry.Warnings.Count.ShouldBe(warnings.Length);
        foreach (var (warning, expected) in entry.Warnings.Zip(warnings)) warning.ShouldContain(expected);
    }

    [Fact]
    public async Task Lists_show_the_last_four_characters_of_long_secrets_and_nothing_else()
    {
        Ok(await Shelf.AddAsync(_fixture.Ann, TenantFixture.Key()));
        _fixture.Store.Clock.Move(TimeSpan.FromSeconds(1));
        Ok(await Shelf.AddAsync(_fixture.Ann, Given(CredentialKind.OpenAiCompatible, "short", "https://api.example.com/v1")));

        var listed = await Shelf.ListAsync(_fixture.Ann);

        listed.Select(entry => entry.Mask).ShouldBe(["...cdef", "set"]);
        listed.ShouldAllBe(entry => !entry.ToString().Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replacing_a_secret_keeps_where_it_is_sent_unless_that_is_given_with_it()
    {
        var entry = Ok(await Shelf.AddAsync(_fixture.Ann, Given(CredentialKind.OpenAiCompatible, "first", "https://api.example.com/v1")));

        var kept = Ok(await Shelf.ReplaceAsync(_fixture.Ann, entry.Id, Secret.From("second")));
        (kept.BaseUrl!.AbsoluteUri, kept.Revision).ShouldBe(("https://api.example.com/v1", 2));
        var moved = Ok(await Shelf.ReplaceAsync(_fixture.Ann, entry.Id, Secret.From("third"), baseUrl: "https://other.example/v1"));

        (moved.BaseUrl!.AbsoluteUri, moved.Revision).ShouldBe(("https://other.example/v1", 3));
        Ok(await Shelf.OpenAsync(_fixture.Ann, entry.Id)).Secret!.Reveal().ShouldBe("third");
        (await Shelf.ReplaceAsync(_fixture.Ann, entry.Id, Secret.From("x"), baseUrl: "https://10.0.0.1/v1")).Refusal.ShouldBe(EditRefusal.Invalid);
        (await Shelf.ReplaceAsync(_fixture.Ann, entry.Id, Secret.From("x"), revision: 2)).Refusal.ShouldBe(EditRefusal.Conflict);
        Ok(await Shelf.ReplaceAsync(_fixture.Ann, entry.Id, Secret.From("fourth"), revision: 3)).Revision.ShouldBe(4);
    }

    [Fact]
    public async Task Of_replacements_at_the_same_time_one_wins_per_revision()
    {
        var entry = Ok(await Shelf.AddAsync(_fixture.Ann, TenantFixture.Key(OtherKey, provider: "openai")));

        var done = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            Shelf.ReplaceAsync(_fixture.Ann, entry.Id, Secret.From($"sk-number-{i}-0123456789"), revision: 1)));

        done.Count(edited => edited.Error is null).ShouldBe(1);
        done.Where(edited => edited.Error is not null).ShouldAllBe(edited => edited.Refusal == EditRefusal.Conflict);
        Ok(await Shelf.FindAsync(_fixture.Ann, entry.Id)).Revision.ShouldBe(2);
    }

    [Fact]
    public async Task A_credential_is_renamed_switched_off_and_removed()
    {
        var entry = Ok(await Shelf.AddAsync(_fixture.Ann, TenantFixture.Key()));

        Ok(await Shelf.UpdateAsync(_fixture.Ann, "key", new CredentialChange { Name = "work", IsActive = false }));
        var found = Ok(await Shelf.FindAsync(_fixture.Ann, "work"));
        (found.Id, found.IsActive, found.Revision).ShouldBe((entry.Id, false, 1));
        Ok(await Shelf.OpenAsync(_fixture.Ann, "work")).Secret.ShouldNotBeNull();
        Ok(await Shelf.RemoveAsync(_fixture.Ann, "work"));

        (await Shelf.ListAsync(_fixture.Ann)).ShouldBeEmpty();
        (await Shelf.RemoveAsync(_fixture.Ann, "work")).Refusal.ShouldBe(EditRefusal.NotFound);
    }

    [Fact]
    public async Task A_row_that_was_altered_is_told_and_mended_by_giving_the_secret_again()
    {
        var entry = Ok(await Shelf.AddAsync(_fixture.Ann, TenantFixture.Key()));
        await _fixture.Store.Store.WriteAsync((connection, transaction) =>
        {
            using var command = connection.CreateCommand();
            (command.CommandText, command.Transaction) = ("UPDATE owned_credentials SET sealed = X'00'", transaction);
            return command.ExecuteNonQuery();
        });
        Ok(await Shelf.FindAsync(_fixture.Ann, entry.Id)).Opens.ShouldBeFalse();

        Ok(await Shelf.ReplaceAsync(_fixture.Ann, entry.Id, Secret.From(AnthropicKey))).Opens.ShouldBeTrue();
    }

    [Fact]
    public async Task The_database_alone_reveals_no_secret_and_no_host()
    {
        const string Host = "canary-host.example";
        var file = """{"tokens":{"access_token":"canary-access-0123456789","refresh_token":"canary-refresh-0123456789","id_token":"i"}}""";
        Ok(await Shelf.AddAsync(_fixture.Ann, TenantFixture.Key()));
        Ok(await Shelf.AddAsync(_fixture.Ann, Given(CredentialKind.OAuthToken, "sk-ant-oat01-canary-token-0123456789")));
        Ok(await Shelf.AddAsync(_fixture.Ann, Given(CredentialKind.OpenAiCompatible, OtherKey, $"https://{Host}/v1")));
        Ok(await Shelf.AddAsync(_fixture.Ann, Given(CredentialKind.AnthropicCompatible, OtherKey, $"https://{Host}/anthropic")));
        var auth = Ok(await Shelf.AddAsync(_fixture.Ann, Given(CredentialKind.AuthJson, file)));
        Ok(await Shelf.ReplaceAsync(_fixture.Ann, auth.Id, Secret.From(file.Replace("access-0", "later-0", StringComparison.Ordinal))));
        Ok(await _fixture.Editors.Attachments.ConnectAsync(_fixture.Ann, "claude-code", TenantFixture.Key()));
        (await _fixture.Editors.Audit.FindAsync(_fixture.Admin, new Gateway.Tenancy.AuditQuery())).ShouldAllBe(
            line => !line.Detail.Contains("canary", StringComparison.Ordinal));
        await _fixture.Store.CloseAsync();

        _fixture.Store.DiskHolds("canary").ShouldBeFalse();
        _fixture.Store.DiskHolds("sk-ant").ShouldBeFalse();
        _fixture.Store.DiskHolds("ann").ShouldBeTrue("the search itself works");
    }

    private static NewCredential Given(CredentialKind kind, string secret, string? baseUrl = null, string? provider = null) =>
        new() { Name = $"{kind}", Kind = kind, Secret = Secret.From(secret), BaseUrl = baseUrl, Provider = provider };
}
