using System.Net;
using System.Text.Json;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>Lists of models over HTTP: in the caller's form, with what its token may use.</summary>
public sealed class ModelsEndpointTests
{
    private const string Models =
        """[ { "match": "alpha", "targets": [ { "provider": "up" } ] }, { "match": "beta", "targets": [ { "provider": "up" } ] }, { "match": "gamma", "targets": [ { "provider": "up" } ] } ]""";

    [Fact]
    public async Task Open_ai_clients_get_their_form()
    {
        await using var gateway = await GatewayHarness.StartAsync(models: Models);
        foreach (var path in new[] { "/v1/models", "/models", "/openai/v1/models", "/v1/v1/models" })
        {
            var list = (await GetAsync(gateway, path)).Body.RootElement;
            list.GetProperty("object").GetString().ShouldBe("list");
            Ids(list).ShouldContain("alpha");
            list.GetProperty("data")[0].GetProperty("object").GetString().ShouldBe("model");
        }

        (await GetAsync(gateway, "/v1/models/beta")).Body.RootElement.GetProperty("id").GetString().ShouldBe("beta");
        var (status, body) = await GetAsync(gateway, "/v1/models/delta");
        status.ShouldBe(HttpStatusCode.NotFound);
        body.RootElement.GetProperty("error").GetProperty("code").GetString().ShouldBe("model_not_found");
    }

    [Theory]
    [InlineData("/v1/models/beta[1m]", false)]
    [InlineData("/v1/models/beta[1m]", true)]
    [InlineData("/v1/models/beta%5B1m%5D", false)]
    [InlineData("/models/beta%5b1M%5d", true)]
    [InlineData("/openai/v1/models/beta[1M]", false)]
    [InlineData("/anthropic/v1/models/beta%5B1m%5D", true)]
    [InlineData("/v1/v1/models/beta[1m]", true)]
    public async Task A_model_is_told_by_its_own_name_when_it_is_asked_for_with_a_clients_suffix(string path, bool anthropic)
    {
        await using var gateway = await GatewayHarness.StartAsync(models: Models);
        var (status, body) = await GetAsync(gateway, path, header: anthropic);
        status.ShouldBe(HttpStatusCode.OK);
        body.RootElement.GetProperty("id").GetString().ShouldBe("beta");
        body.RootElement.TryGetProperty(anthropic ? "display_name" : "owned_by", out _).ShouldBeTrue();
        var narrow = await gateway.MintAsync("narrow", t => t with { Models = ["alpha"] });
        (await GetAsync(gateway, path, narrow, anthropic)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/v1/models", true)]
    [InlineData("/anthropic/v1/models", false)]
    public async Task Anthropic_clients_get_theirs_in_pages(string path, bool header)
    {
        await using var gateway = await GatewayHarness.StartAsync(models: Models);
        var whole = Ids((await GetAsync(gateway, path + "?limit=1000", header: header)).Body.RootElement);
        whole.ShouldContain("gamma");
        var first = (await GetAsync(gateway, path + "?limit=1", header: header)).Body.RootElement;
        Ids(first).ShouldBe(whole[..1]);
        first.GetProperty("has_more").GetBoolean().ShouldBeTrue();
        first.GetProperty("data")[0].GetProperty("type").GetString().ShouldBe("model");
        var last = first.GetProperty("last_id").GetString();
        last.ShouldBe(whole[0]);
        Ids((await GetAsync(gateway, $"{path}?limit=2&after_id={last}", header: header)).Body.RootElement).ShouldBe(whole[1..3]);

        var one = (await GetAsync(gateway, path + "/beta", header: header)).Body.RootElement;
        (one.GetProperty("type").GetString(), one.GetProperty("id").GetString()).ShouldBe(("model", "beta"));
        one.TryGetProperty("object", out _).ShouldBeFalse();
        var (absent, none) = await GetAsync(gateway, path + "/delta", header: header);
        absent.ShouldBe(HttpStatusCode.NotFound);
        none.RootElement.GetProperty("error").GetProperty("type").GetString().ShouldBe("not_found_error");

        var (status, body) = await GetAsync(gateway, path + "?limit=0", header: header);
        status.ShouldBe(HttpStatusCode.BadRequest);
        body.RootElement.GetProperty("type").GetString().ShouldBe("error");
    }

    [Theory]
    [InlineData("/v1/models", false, false)]
    [InlineData("/openai/v1/models/beta", false, false)]
    [InlineData("/v1/models", true, true)]
    [InlineData("/openai/v1/models", true, true)]
    [InlineData("/anthropic/v1/models/beta", false, true)]
    [InlineData("/ai/anthropic/v1/models", false, true)]
    public async Task Another_method_is_refused_in_the_form_of_the_list(string path, bool header, bool anthropic)
    {
        await using var gateway = await GatewayHarness.StartAsync(models: Models);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, path));
        if (header) request.Headers.Add("anthropic-version", "2023-06-01");
        var (response, text) = await gateway.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["GET", "HEAD"]);
        var error = JsonDocument.Parse(text).RootElement;
        error.TryGetProperty("type", out _).ShouldBe(anthropic, text);
        error.GetProperty("error").TryGetProperty("code", out _).ShouldBe(!anthropic, text);
    }

    [Fact]
    public async Task A_token_sees_what_it_may_use()
    {
        await using var gateway = await GatewayHarness.StartAsync(models: Models);
        var narrow = await gateway.MintAsync("narrow", t => t with { Models = ["be*"] });
        foreach (var anthropic in (bool[])[false, true])
        {
            Ids((await GetAsync(gateway, "/v1/models", narrow, anthropic)).Body.RootElement).ShouldBe(["beta"]);
            (await GetAsync(gateway, "/v1/models/alpha", narrow, anthropic)).Status.ShouldBe(HttpStatusCode.NotFound);
            (await GetAsync(gateway, "/v1/models/beta", narrow, anthropic)).Status.ShouldBe(HttpStatusCode.OK);
        }

        (await GetAsync(gateway, "/v1/models", "nonsense")).Status.ShouldBe(HttpStatusCode.Unauthorized);

        var (response, text) = await gateway.SendAsync(gateway.Post("/v1/responses", """{"model":"alpha","input":"Hi"}""", narrow));
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        text.ShouldContain("model_not_allowed");
        (await gateway.SendAsync(gateway.Post("/v1/responses", """{"model":"beta","input":"Hi"}""", narrow))).Response.StatusCode
            .ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_providers_own_list_is_in_it()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        await GatewayHarness.EventuallyAsync(async () =>
            Ids((await GetAsync(gateway, "/v1/models")).Body.RootElement).Length > 1, "the provider's list is fetched");
    }

    [Fact]
    public async Task A_model_that_nothing_matches_is_told_with_the_closest_that_the_token_may_use()
    {
        await using var gateway = await GatewayHarness.StartAsync(models: Models);
        var narrow = await gateway.MintAsync("narrow", t => t with { Models = ["be*", "alp*"] });
        foreach (var dialect in Caller.All)
        {
            var body = System.Text.Encoding.UTF8.GetString(Caller.Body(dialect, "alpa", stream: false));
            var (response, text) = await gateway.SendAsync(gateway.Post(Caller.Path(dialect), body));
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            Caller.ErrorMessage(dialect, JsonDocument.Parse(text).RootElement).ShouldStartWith("No route for model 'alpa'. Closest: alpha, ");
            (response, text) = await gateway.SendAsync(gateway.Post(Caller.Path(dialect), body.Replace("alpa", "alpgamma", StringComparison.Ordinal), narrow));
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            Caller.ErrorMessage(dialect, JsonDocument.Parse(text).RootElement).ShouldNotContain(" gamma", customMessage: "which the token may not use");
        }
    }

    [Theory]
    [InlineData("/v1/models/alpa", false)]
    [InlineData("/v1/models/alpa[1m]", true)]
    [InlineData("/anthropic/v1/models/alpa", false)]
    public async Task So_is_one_that_is_looked_up(string path, bool header)
    {
        await using var gateway = await GatewayHarness.StartAsync(models: Models);
        var (status, body) = await GetAsync(gateway, path, header: header);
        status.ShouldBe(HttpStatusCode.NotFound);
        body.RootElement.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(" does not exist or you may not use it. Closest: alpha, ");
        var narrow = await gateway.MintAsync("narrow", t => t with { Models = ["be*"] });
        foreach (var id in (string[])["alpha", "alpa"])
        {
            (_, body) = await GetAsync(gateway, path.Replace("alpa", id, StringComparison.Ordinal), narrow, header);
            body.RootElement.GetProperty("error").GetProperty("message").GetString()!.ShouldEndWith(" Closest: beta.", customMessage: "whether there is an alpha is not told");
        }
    }

    private static string[] Ids(JsonElement list) =>
        [.. list.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()!)];

    private static async Task<(HttpStatusCode Status, JsonDocument Body)> GetAsync(
        GatewayHarness gateway, string path, string? token = null, bool header = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Address, path));
        request.Headers.Add("authorization", "Bearer " + (token ?? gateway.Token));
        if (header) request.Headers.Add("anthropic-version", "2023-06-01");
        var (response, body) = await gateway.SendAsync(request);
        return (response.StatusCode, JsonDocument.Parse(body));
    }
}
