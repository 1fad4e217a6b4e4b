using System.Net;
using System.Text;
using System.Text.Json;
using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Sdks;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Gatehouse.EndToEnd.Servers;

/// <summary>Tokens that were good somewhere or once, made by the program itself, at the real server.</summary>
public sealed class TokenTests(Stage stage) : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private readonly string _marker = $"token-{Guid.NewGuid():N}";
    private RecordingTee _tee = null!;

    /// <inheritdoc/>
    public ValueTask InitializeAsync()
    {
        _tee = new RecordingTee(stage.Gateway);
        return default;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _tee.DisposeAsync();
    }

    [Fact]
    public async Task One_of_another_installation_is_refused()
    {
        using var elsewhere = new TestFolder();
        await using var create = GuardedProcess.Start(
            [.. RepositoryPaths.Command, "token", "create", "--data-dir", elsewhere.Folder("data")], elsewhere.Environment(),
                elsewhere.Path);
        (await create.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(0, create.Story);
        await ShouldBeRefusedAsync(create.Output.Trim());
    }

    [Fact]
    public async Task One_that_was_revoked_is_refused()
    {
        var token = await CreateAsync("revoked");
        (await AskAsync("v1/messages", token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var revoked = await stage.CommandAsync("token", "revoke", $"revoked-{_marker}");
        revoked.Code.ShouldBe(0, revoked.Story);
        await ShouldSoonBeRefusedAsync(token);
    }

    [Fact]
    public async Task One_that_has_expired_is_refused()
    {
        var token = await CreateAsync("expired", "--expires", "1h");
        (await AskAsync("v1/messages", token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        // The hour passes.
        await using (var database = NativeSqlite.Connection($"Data Source={Path.Combine(stage.DataDirectory, "gatehouse.db")};Pooling=False"))
        {
            await database.OpenAsync();
            await using var command = database.CreateCommand();
            command.CommandText = "UPDATE access_tokens SET expires_at = created_at WHERE name = $name";
            command.Parameters.AddWithValue("$name", $"expired-{_marker}");
            (await command.ExecuteNonQueryAsync()).ShouldBe(1);
        }
        await ShouldSoonBeRefusedAsync(token);
    }

    private async Task<string> CreateAsync(string name, params string[] options)
    {
        var created = await stage.CommandAsync(["token", "create", "--name", $"{name}-{_marker}", .. options]);
        created.Code.ShouldBe(0, created.Story);
        return created.Output.Trim();
    }

    // A running server follows the database; when it has, the token is refused for good.
    private async Task ShouldSoonBeRefusedAsync(string token)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while ((await AskAsync("v1/messages", token)).StatusCode == HttpStatusCode.OK) await Task.Delay(20, limit.Token);
        await ShouldBeRefusedAsync(token);
    }

    /// <summary>
    /// Fails unless every dialect refuses the token in its own words, as no exchange, and the provider hears nothing of it.
    /// </summary>
    private async Task ShouldBeRefusedAsync(string token)
    {
        token.ShouldStartWith("ghc_");
        foreach (var (path, type) in (IEnumerable<(string, string)>)
            [("v1/messages", "authentication_error"), ("v1/chat/completions", "invalid_api_key"), ("v1/responses", "invalid_api_key")])
        {
            using var answer = await AskAsync(path, token, "refused");
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
            answer.Headers.Contains("x-gatehouse-exchange").ShouldBeFalse();
            var text = await answer.Content.ReadAsStringAsync();
            text.ShouldNotContain(token);
            var error = JsonDocument.Parse(text).RootElement.GetProperty("error");
            (error.Text("code") ?? error.Text("type")).ShouldBe(type, path);
        }
        await stage.ShouldNotBeReceivedAsync($"{_marker}-refused");
    }

    private Task<HttpResponseMessage> AskAsync(string path, string token, string kind = "let-in")
    {
        var said = $"{_marker}-{kind}";
        var body = path == "v1/responses"
            ? $$"""{"model":"gpt-5.5","input":"{{said}}"}"""
            : $$"""{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":"{{said}}"}]}""";
        return _http.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(_tee.Address, path))
        {
            Headers = { { "authorization", $"Bearer {token}" }, { "anthropic-version", "2023-06-01" } },
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        });
    }
}
