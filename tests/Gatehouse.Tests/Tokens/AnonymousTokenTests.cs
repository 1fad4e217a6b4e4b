using System.Net;
using System.Text;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Tokens;

/// <summary>A configuration that lets callers without a token in as a token that may not be there.</summary>
public sealed class AnonymousTokenTests
{
    private const string Told = "Callers without a token are to count as 'ghost' (auth.anonymousToken), but there is no client token of that name: they are refused with 401.";
    private const string Fix = "gatehouse token create --name ghost";

    [Fact]
    public async Task That_it_is_missing_is_told_wherever_one_looks_until_it_is_made()
    {
        using var home = new TemporaryHome();
        Configure(home, "ghost");
        (await Gate.RunAsync(home, "config check")).Error.ShouldContain(Told);
        Directory.GetFiles(home.DataDirectory).ShouldHaveSingleItem("looking makes nothing");
        await using var served = await Served.StartAsync(home);
        (await served.Server.LineAsync(Told)).ShouldMatch($"warn .*{Fix}");

        (await AskAsync(served)).ShouldBe(HttpStatusCode.Unauthorized);
        await served.Server.LineAsync("A caller was refused with 401: Anonymous access is on, but there is no client token named 'ghost'");
        var check = await Gate.RunAsync(home, "config check --json");
        check.ExitCode.ShouldBe(0, check.ToString());
        check.Json.GetProperty("warnings")[0].GetString()!.ShouldContain(Fix);
        (await Gate.RunAsync(home, "status")).Error.ShouldContain(Told);
        var doctor = (await Gate.RunAsync(home, "doctor --json")).Json.GetProperty("data").GetProperty("checks").EnumerateArray()
            .Single(result => result.GetProperty("id").ValueEquals("tokens"));
        doctor.GetProperty("result").GetString().ShouldBe("failed");
        doctor.GetProperty("evidence").GetString().ShouldBe(Told);
        doctor.GetProperty("suggestion").GetString()!.ShouldContain(Fix);

        (await Gate.RunAsync(home, "token create --name ghost")).ExitCode.ShouldBe(0);
        await Served.UntilAsync(async () => await AskAsync(served) == HttpStatusCode.OK, "the token must be found");
        foreach (var line in (string[])["config check", "status", "doctor"]) (await Gate.RunAsync(home, line)).ToString().ShouldNotContain("refused with 401", customMessage: line);

        (await Gate.RunAsync(home, "token revoke ghost")).ExitCode.ShouldBe(0);
        (await Gate.RunAsync(home, "config check")).Error.ShouldContain("but it was revoked");
        Configure(home, "nobody");
        await served.Server.LineAsync("Callers without a token are to count as 'nobody'");
    }

    [Fact]
    public async Task The_one_that_the_first_start_makes_is_not_missing()
    {
        using var home = new TemporaryHome();
        Configure(home, "default");
        (await Gate.RunAsync(home, "config check")).Error.ShouldBeEmpty();
        await using var served = await Served.StartAsync(home);
        (await AskAsync(served)).ShouldBe(HttpStatusCode.OK);
        served.Server.Error.ShouldNotContain("Callers without a token");
    }

    private static void Configure(TemporaryHome home, string name)
    {
        Directory.CreateDirectory(home.DataDirectory);
        File.WriteAllText(
            Path.Combine(home.DataDirectory, "gatehouse.json"), $$"""{ "auth": { "anonymous": "loopback", "anonymousToken": "{{name}}" } }""");
    }

    private static async Task<HttpStatusCode> AskAsync(Served served)
    {
        using var body = new StringContent("""{"model":"sim/echo","messages":[{"role":"user","content":"hello"}]}""", Encoding.UTF8, "application/json");
        return (await served.Http.PostAsync("/v1/chat/completions", body)).StatusCode;
    }
}
