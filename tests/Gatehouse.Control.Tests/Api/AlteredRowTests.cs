using System.Text.Json;

namespace Gatehouse.Control.Tests.Api;

/// <summary>
/// Rows that somebody altered in the database, or whose sealed bytes were put into one another, are told where people look; nothing of them is used,
/// and the others work.
/// </summary>
public sealed class AlteredRowTests(ApiStage stage) : IClassFixture<ApiStage>
{
    private const string Swap = "UPDATE owned_credentials SET sealed = (SELECT sealed FROM owned_credentials WHERE name = '{other}') WHERE id = $id";

    [Theory]
    [InlineData("UPDATE owned_credentials SET owner_id = 'local' WHERE id = $id", true)]
    [InlineData("UPDATE owned_credentials SET kind = 'anthropic-compatible' WHERE id = $id", false)]
    [InlineData("UPDATE owned_credentials SET sealed = substr(sealed, 2) WHERE id = $id", false)]
    [InlineData(Swap, false)]
    public async Task A_users_credential_is_told_and_the_others_work(string sql, bool isTaken)
    {
        var one = await stage.BelongingsAsync();
        var good = one.Credential;
        var added = await stage.CallAsync("POST", "/api/v1/credentials", one.Session, """{"name":"altered","kind":"api-key","secret":"sk-altered-0123456789abcdef"}""");
        var id = added.Json.GetProperty("id").GetString()!;
        await stage.AlterAsync(sql.Replace("{other}", good.Name, StringComparison.Ordinal), id);

        var whose = isTaken ? stage.AdminToken : one.Session;
        var shown = await stage.CallAsync("GET", $"/api/v1/credentials/{id}", whose);

        shown.Status.ShouldBe(200, shown.Body);
        shown.Json.GetProperty("opens").GetBoolean().ShouldBeFalse();
        (await stage.CallAsync("POST", $"/api/v1/credentials/{id}/validate", whose)).Json.GetProperty("outcome").GetString().ShouldBe("invalid");
        (await stage.CallAsync("GET", $"/api/v1/credentials/{good.Id}", one.Session)).Json.GetProperty("opens").GetBoolean().ShouldBeTrue();
        Status(await stage.CallAsync("GET", "/api/v1/resolution-status", one.Session), "claude-code").GetProperty("source").GetString().ShouldBe("user-attachment");
        // Put right by giving the secret again, where the owner was not altered.
        if (isTaken || sql.Contains("kind", StringComparison.Ordinal)) return;
        (await stage.CallAsync("PUT", $"/api/v1/credentials/{id}/secret", one.Session, """{"secret":"sk-given-again-0123456789abc"}""")).Json.GetProperty("opens").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("UPDATE credentials SET provider = 'elsewhere' WHERE id = $id")]
    [InlineData("UPDATE credentials SET sealed = substr(sealed, 2) WHERE id = $id")]
    [InlineData("UPDATE credentials SET sealed = (SELECT sealed FROM credentials o WHERE o.id <> $id LIMIT 1) WHERE id = $id")]
    public async Task One_of_the_platforms_keys_is_told_and_the_others_work(string sql)
    {
        var (altered, good) = ((await stage.BelongingsAsync()).PlatformCredential, (await stage.BelongingsAsync()).PlatformCredential);
        await stage.AlterAsync(sql, altered.Id.ToByteArray(bigEndian: true));

        var listed = (await stage.CallAsync("GET", "/api/v1/platform-credentials", stage.AdminToken)).Json.GetProperty("items").EnumerateArray().ToList();

        bool Opens(Guid id) => listed.Single(item => item.GetProperty("id").GetGuid() == id).GetProperty("opens").GetBoolean();
        (Opens(altered.Id), Opens(good.Id)).ShouldBe((false, true));
        var refused = await stage.CallAsync("POST", $"/api/v1/platform-credentials/{altered.Id}/validate", stage.AdminToken);
        (refused.Status, refused.Code).ShouldBe((409, "conflict"));
        // The running server says how many rows it can't use, to whoever asks how it is; which, administrators see in the lists.
        using var ceiling = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        int unreadable;
        do unreadable = (await stage.CallAsync("GET", "/health", stage.AdminToken)).Json.GetProperty("unreadable_rows").GetInt32();
        while (unreadable == 0 && !ceiling.IsCancellationRequested);
        unreadable.ShouldBePositive();
        stage.Log.Entries.ShouldContain(static entry => entry.Contains("was altered", StringComparison.Ordinal));

        await stage.CallAsync("PUT", $"/api/v1/platform-credentials/{altered.Id}/secret", stage.AdminToken, """{"secret":"sk-given-again-0123456789abc"}""");
        (await stage.CallAsync("GET", $"/api/v1/platform-credentials/{altered.Id}", stage.AdminToken)).Json.GetProperty("opens").GetBoolean().ShouldBeTrue();
    }

    private static JsonElement Status(Answered answered, string harness) =>
        answered.Json.GetProperty("consumers").EnumerateArray().Single(one => one.GetProperty("consumerId").GetString() == harness);
}
