using System.Diagnostics;
using System.Text.Json;
using Gatehouse.Control.Api;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Server;
using Gatehouse.Gateway.Tests.Canary;
using Gatehouse.Secrets;
using Gatehouse.Storage;

namespace Gatehouse.Control.Tests.Api;

/// <summary>Secrets go in and never out: one of each kind is given over HTTP, and every answer that can be had afterwards is searched.</summary>
public sealed class ApiCanaryTests(ApiStage stage) : IClassFixture<ApiStage>
{
    private const string Mark = "canary7f3a";

    private static readonly (string Kind, string Secret, string More)[] s_given =
    [
        ("api-key", $"sk-ant-api03-{Mark}-0123456789abcdef", ""),
        ("oauth-token", $"sk-ant-oat01-{Mark}-0123456789abcdef", ""),
        ("openai-compatible", $"{Mark}-openai-0123456789abcdef", ",\"baseUrl\":\"https://models.example/v1\""),
        ("anthropic-compatible", $"{Mark}-anthropic-0123456789abcdef", ",\"baseUrl\":\"https://models.example\""),
        ("auth-json", $$$"""{"tokens":{"access_token":"{{{Mark}}}-access","refresh_token":"{{{Mark}}}-refresh"}}""", ""),
    ];

    [Fact]
    public async Task No_answer_holds_a_secret_that_was_given()
    {
        var one = await stage.BelongingsAsync();
        var answers = new List<Answered>();
        foreach (var (kind, secret, more) in s_given)
        {
            var body = $$"""{"name":"{{kind}}","kind":"{{kind}}","secret":{{JsonSerializer.Serialize(secret)}}{{more}}}""";
            var added = await stage.CallAsync("POST", "/api/v1/credentials", one.Session, body);
            added.Status.ShouldBe(201, added.Body);
            answers.Add(added);
            var id = added.Json.GetProperty("id").GetString();
            answers.Add(await stage.CallAsync("GET", $"/api/v1/credentials/{id}", one.Session));
            answers.Add(await stage.CallAsync("PUT", $"/api/v1/credentials/{id}/secret", one.Session, $$"""{"secret":{{JsonSerializer.Serialize(secret)}}}"""));
            answers.Add(await stage.CallAsync("PUT", $"/api/v1/credentials/{id}/secret", one.Session, $$"""{"secret":{{JsonSerializer.Serialize(secret)}},"revision":99}"""));
            // Refusals too: the secret under a kind that it is not, and a body that breaks off after it.
            answers.Add(await stage.CallAsync("POST", "/api/v1/credentials", one.Session, body.Replace($"\"kind\":\"{kind}\"", $"\"kind\":\"{Wrong(kind)}\"", StringComparison.Ordinal)));
            answers.Add(await stage.CallAsync("POST", "/api/v1/credentials", one.Session, body[..^1]));
        }

        foreach (var route in ApiRoutes.All.Where(static route => route.Method == "GET"))
        {
            var path = one.Fill(route.Pattern, Uri.EscapeDataString).Replace("{setting}", "proxy.enabled", StringComparison.Ordinal);
            foreach (var token in (string[])[one.Session, stage.AdminToken, one.Runner]) answers.Add(await stage.CallAsync("GET", path, token));
        }

        answers.Count(static answer => answer.Status < 400).ShouldBeGreaterThan(30);
        answers.Where(static answer => answer.Body.Contains(Mark, StringComparison.Ordinal)).ShouldBeEmpty();
        var masks = (await stage.CallAsync("GET", "/api/v1/credentials", one.Session)).Json.GetProperty("items").EnumerateArray()
            .Where(static item => item.GetProperty("kind").GetString() == "api-key").Select(static item => item.GetProperty("mask").GetString());
        masks.ShouldContain("...cdef");
    }

    [Fact]
    public async Task Neither_answers_nor_log_nor_files_hold_a_secret_whoever_asks_whatever_for()
    {
        var one = await stage.BelongingsAsync();
        var planted = await PlantAsync(one);
        var traces = new Traces();
        foreach (var row in RouteRow.All)
        {
            string?[] tokens = [null, "ghc_no-such-token", one.WorkspaceToken.Text.Reveal(), stage.Other.Session, one.Runner, one.Session, stage.AdminToken];
            foreach (var token in tokens)
            {
                // What would take away what is looked for is left to those who may not.
                if (row.Method == "DELETE" && (token == one.Session || token == stage.AdminToken)) continue;
                foreach (var body in (string?[])[row.BodyOf(one), "{", "[]"])
                {
                    var answered = await stage.CallAsync(row.Method, row.PathOf(one), token, body);
                    if (!row.Pattern.EndsWith("tokens", StringComparison.Ordinal)) Keep(traces, $"{row.Name} {answered.Status}", answered);
                }
            }
        }

        foreach (var group in (string[])["day", "model", "user", "token", "credential", "harness"])
            Keep(traces, $"csv by {group}", await stage.CallAsync("GET", $"/api/v1/usage?by={group}&format=csv", stage.AdminToken));
        Keep(traces, "audit", await stage.CallAsync("GET", "/api/v1/audit?limit=1000", stage.AdminToken));
        foreach (var entry in stage.Log.Entries) traces.Add(Place.Log, "log", entry);
        var backup = await BackUpAsync(traces);
        try
        {
            foreach (var secret in planted)
                traces.Find(secret).ShouldBeEmpty($"{secret[..12]}…");
            foreach (var token in (string[])[one.Session, one.Runner, one.WorkspaceToken.Text.Reveal(), stage.AdminToken]) traces.Find(token).ShouldBeEmpty(token[..6]);
            traces.Find(new string('a', 64)).ShouldBeEmpty("the master key");
            traces.Find(one.Credential.Id).Select(static found => found.Place).Distinct().ShouldBe([Place.Answers, Place.Files], ignoreOrder: true, "positive control");
            await OpensWithItsKeyOnlyAsync(backup);
        }
        finally
        {
            Directory.Delete(backup, recursive: true);
        }
    }

    // Each kind of secret by each way in: credentials, replacements, connections, repairs, the platform's, and a login that a runner brings back.
    private async Task<IReadOnlyList<string>> PlantAsync(Belongings one)
    {
        var planted = new List<string>();
        string New(string form = "{0}")
        {
            planted.Add(Planted.New("").Secret);
            return string.Format(System.Globalization.CultureInfo.InvariantCulture, form, planted[^1]);
        }

        async Task GiveAsync(string method, string path, string token, string body) =>
            (await stage.CallAsync(method, path, token, body)).ShouldSatisfyAllConditions(answered => answered.Status.ShouldBeOneOf([200, 201], answered.Body));

        (string Kind, string Form, string More)[] kinds =
        [
            ("api-key", "sk-ant-api03-{0}", ""), ("oauth-token", "sk-ant-oat01-{0}", ""), ("openai-compatible", "{0}", ",\"baseUrl\":\"https://models.example/v1\""),
            ("anthropic-compatible", "{0}", ",\"baseUrl\":\"https://models.example\""), ("auth-json", "{{\"tokens\":{{\"access_token\":\"{0}\"}}}}", ""),
        ];
        foreach (var (kind, form, more) in kinds)
        {
            var added = await stage.CallAsync("POST", "/api/v1/credentials", one.Session, $$"""{"name":"{{kind}}","kind":"{{kind}}","secret":{{JsonSerializer.Serialize(New(form))}}{{more}}}""");
            added.Status.ShouldBe(201, added.Body);
            await GiveAsync("PUT", $"/api/v1/credentials/{added.Json.GetProperty("id").GetString()}/secret", one.Session, $$"""{"secret":{{JsonSerializer.Serialize(New(form))}}}""");
            // Refused: under a kind that it is not, and in a body that breaks off after it.
            foreach (var bad in (string[])[$$"""{"name":"x","kind":"{{Wrong(kind)}}","secret":{{JsonSerializer.Serialize(New(form))}}}""", $$"""{"name":"x","kind":"{{kind}}","secret":{{JsonSerializer.Serialize(New(form))}}"""])
                (await stage.CallAsync("POST", "/api/v1/credentials", one.Session, bad)).Status.ShouldBe(400);
        }

        await GiveAsync("PUT", "/api/v1/connections/qwen-code", one.Session, $$"""{"secret":"{{New()}}","baseUrl":"https://models.example/v1"}""");
        await stage.AlterAsync("UPDATE owned_credentials SET sealed = x'00' WHERE id = $id AND kind = 'openai-compatible'", (await stage.CallAsync("PUT", "/api/v1/connections/crush", one.Session, $$"""{"secret":"{{New()}}","baseUrl":"https://models.example/v1"}""")).Json.GetProperty("credential").GetProperty("id").GetString()!);
        await GiveAsync("POST", "/api/v1/connections/crush/repair", one.Session, $$"""{"secret":"{{New()}}","baseUrl":"https://models.example/v1","dialect":"openai-chat"}""");
        await GiveAsync("POST", "/api/v1/platform-credentials", stage.AdminToken, $$"""{"provider":"no-such-provider","name":"{{Guid.NewGuid():N}}","secret":"{{New()}}"}""");
        await GiveAsync("PUT", $"/api/v1/platform-credentials/{one.PlatformCredential.Id}/secret", stage.AdminToken, $$"""{"secret":"{{New()}}"}""");
        await GiveAsync("PUT", "/api/v1/connections/openai-codex", one.Session, $$"""{"secret":{{JsonSerializer.Serialize(New("{{\"tokens\":{{\"access_token\":\"a\",\"refresh_token\":\"{0}\"}},\"last_refresh\":\"2026-01-01T00:00:00Z\"}}"))}}}""");
        await GiveAsync(
            "POST", one.Fill("/api/v1/workspaces/{workspace}/login", Uri.EscapeDataString), one.Runner,
            $$"""{"harness":"openai-codex","content":{{JsonSerializer.Serialize(New("{{\"tokens\":{{\"access_token\":\"a\",\"refresh_token\":\"{0}\"}},\"last_refresh\":\"2026-02-01T00:00:00Z\"}}"))}}}""");
        return planted;
    }

    private static void Keep(Traces traces, string source, Answered answered) =>
        traces.Add(Place.Answers, source, $"{answered.Response.Headers}\n{answered.Response.Content.Headers}\n{answered.Body}");

    // As an operator does it, beside the running server: by another program, for closing a file here would let go of the database's locks.
    private async Task<string> BackUpAsync(Traces traces)
    {
        var backup = Directory.CreateTempSubdirectory("gatehouse-backup-").FullName;
        using var copy = Process.Start(new ProcessStartInfo("cp", ["-r", stage.Folder + "/.", backup]))!;
        await copy.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token);
        copy.ExitCode.ShouldBe(0);
        var files = Directory.GetFiles(backup, "*", SearchOption.AllDirectories);
        files.ShouldContain(static file => file.EndsWith("-wal", StringComparison.Ordinal), "what is not in the database file yet is in its log");
        foreach (var file in files) traces.Add(Place.Files, file, await File.ReadAllBytesAsync(file));
        return backup;
    }

    private static async Task OpensWithItsKeyOnlyAsync(string backup)
    {
        await using var store = await Store.OpenAsync(new StoreOptions { Directory = backup, Migrations = GatewaySchema.Migrations });
        var keys = new DataKeyStore(store, TimeProvider.System);
        MasterKeySource Source(string? key) => new(_ => key, Path.Combine(backup, "..", $"no-such-key-{Guid.NewGuid():N}"), backup, DataDirectory.CreatePrivate);
        async Task<string> RowsAsync() => string.Join('\n', (await new AttachmentStore(store).CredentialsAsync()).Select(static row => Convert.ToHexString(row.Sealed))
            .Concat((await new VaultStore(store).LoadAsync()).Select(static row => Convert.ToHexString(row.Sealed))));
        var before = await RowsAsync();

        (await keys.OpenAsync(Source(new string('b', 64)))).Error!.ShouldContain("not the one");
        (await keys.OpenAsync(Source(null))).Ring.ShouldBeNull();

        (await RowsAsync()).ShouldBe(before);
        var ring = (await keys.OpenAsync(Source(new string('a', 64)))).Ring.ShouldNotBeNull();
        (await new VaultStore(store).LoadAsync()).ShouldAllBe(row => row.Open(ring) != null);
    }

    private static string Wrong(string kind) => kind == "auth-json" ? "oauth-token" : "auth-json";
}
