using System.Net;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Tests.Configuration;

public sealed class GoodConfigurationTests
{
    [Fact]
    public void Without_a_file_the_defaults_hold()
    {
        var config = ConfigLoader.Parse(null, ConfigFixture.Inputs()).Config.ShouldNotBeNull();
        config.Listen.ShouldHaveSingleItem().ToString().ShouldBe("http://127.0.0.1:8484");
        config.AllowRemote.ShouldBeFalse();
        config.Auth.Anonymous.ShouldBe(AnonymousAccess.Off);
        config.Limits.MaxBodyBytes.ShouldBe(32 << 20);
        config.Limits.MaxBodiesInMemoryBytes.ShouldBe(512 << 20);
        config.Limits.MaxConcurrentExchanges.ShouldBe(4096);
        config.Limits.MaxHeaderBytes.ShouldBe(64 << 10);
        config.Limits.Drain.ShouldBe(TimeSpan.FromSeconds(30));
        config.Stream.KeepAlive.ShouldBe(TimeSpan.FromSeconds(10));
        config.Telemetry.ServiceName.ShouldBe("gatehouse");
        config.Providers.ShouldBeEmpty();
        config.Models.ShouldBeEmpty();
    }

    [Fact]
    public void Comments_trailing_commas_nulls_and_a_byte_order_mark_are_accepted()
    {
        var config = ConfigFixture.Good("\uFEFF{ // where\n \"listen\": null, /* limits */ \"limits\": { \"drainSeconds\": 2.5, }, }");
        config.Listen.ShouldBe([ListenAddress.Default]);
        config.Limits.Drain.ShouldBe(TimeSpan.FromSeconds(2.5));
    }

    [Theory]
    [InlineData("http://localhost:9000", null, 9000, true)]
    [InlineData("http://127.0.0.1:0", "127.0.0.1", 0, true)]
    [InlineData("http://[::1]:9000/", "::1", 9000, true)]
    [InlineData("http://0.0.0.0:80", "0.0.0.0", 80, false)]
    [InlineData("http://[::]:9000", "::", 9000, false)]
    public void Addresses_to_listen_on_are_read(string text, string? address, int port, bool loopback)
    {
        var listen = ConfigFixture.Good($$"""{ "listen": "{{text}}", "allowRemote": true }""").Listen.ShouldHaveSingleItem();
        listen.Address.ShouldBe(address is null ? null : IPAddress.Parse(address));
        listen.Port.ShouldBe(port);
        listen.IsLoopback.ShouldBe(loopback);
    }

    [Fact]
    public void A_program_leaves_tools_to_its_clients_unless_it_is_told_to_work_by_itself()
    {
        var plain = ConfigFixture.Good("""{ "providers": { "p": { "program": {} } } }""").Providers[0].Program.ShouldNotBeNull();
        (plain.Loop, plain.PermissionMode, plain.Concurrency).ShouldBe((null, null, 10));
        var agent = ConfigFixture.Good(
            """{ "providers": { "p": { "program": { "mode": "agent", "workingFolder": "/srv/project", "permissionMode": "plan" } } } }""").Providers[0].Program.ShouldNotBeNull();
        agent.PermissionMode.ShouldBe("plan");
        agent.Loop.ShouldBe(new ProgramLoop(100, true, TimeSpan.FromSeconds(120)));
    }

    [Fact]
    public void Hosts_and_origins_are_brought_into_one_form()
    {
        var config = ConfigFixture.Good(
            """{ "allowedHosts": ["Gateway.Example.com"], "corsOrigins": ["https://Console.example.com/", "http://localhost:3000"], "publicOrigins": ["https://Gate.example.com:8443/"] }""");
        config.AllowedHosts.ShouldBe(["gateway.example.com"]);
        config.CorsOrigins.ShouldBe(["https://console.example.com", "http://localhost:3000"]);
        config.PublicOrigins.ShouldBe(["https://gate.example.com:8443"]);
    }

    [Fact]
    public void A_preset_gives_what_the_file_leaves_out()
    {
        var provider = ConfigFixture.Good("""{ "providers": { "work": { "preset": "mistral" } } }""").Providers.ShouldHaveSingleItem();
        provider.Name.ShouldBe("work");
        provider.Preset.ShouldBe("mistral");
        provider.Source.ShouldBe("file");
        provider.KeyVariables.ShouldBe(["MISTRAL_API_KEY"]);
        provider.RequestUsage.ShouldBeFalse();
        provider.DefaultModels.ShouldContain("codestral-*");
        provider.Endpoints[Dialect.OpenAiChat]
            .ShouldBe(new ProviderEndpoint(Dialect.OpenAiChat, new Uri("https://api.mistral.ai/v1"), AuthStyle.Bearer));
    }

    [Fact]
    public void The_file_overrides_its_preset_and_replaces_its_addresses_whole()
    {
        var provider = ConfigFixture.Good("""
            { "providers": { "openai": { "preset": "openai", "label": "Ours", "apiKeyEnv": "OUR_KEY", "includeUsage": false, "http2": true,
              "endpoints": { "openai-chat": { "url": "https://proxy.example/openai/v1/", "auth": "api-key" } }, "headers": { "x-team": "a" },
              "edits": ["no-store"], "deadlines": { "connectSeconds": 0.5 } } } }
            """).Providers.ShouldHaveSingleItem();
        provider.Label.ShouldBe("Ours");
        provider.KeyVariables.ShouldBe(["OUR_KEY"]);
        provider.RequestUsage.ShouldBeFalse();
        provider.Http2.ShouldBeTrue();
        provider.Endpoints.Values.ShouldBe(
            [new ProviderEndpoint(Dialect.OpenAiChat, new Uri("https://proxy.example/openai/v1"), AuthStyle.ApiKey)]);
        provider.Headers["X-Team"].ShouldBe("a");
        provider.Edits.ShouldHaveSingleItem().Dialect.ShouldBe(Dialect.OpenAiChat);
        provider.Deadlines.ShouldBe(ProviderDeadlines.Default with { Connect = TimeSpan.FromSeconds(0.5) });
    }

    [Fact]
    public void A_local_server_needs_no_preset()
    {
        var provider = ConfigFixture.Good("""
            { "providers": { "local": { "endpoints": { "anthropic": "http://127.0.0.1:9001/", "openai-chat": "http://127.0.0.1:9001/v1", "openai-responses": "https://box.lan:9001/v1" },
              "allowPrivateNetwork": true } } }
            """).Providers.ShouldHaveSingleItem();
        provider.Endpoints[Dialect.Anthropic]
            .ShouldBe(new ProviderEndpoint(Dialect.Anthropic, new Uri("http://127.0.0.1:9001"), AuthStyle.XApiKey));
        provider.Endpoints[Dialect.OpenAiChat].Auth.ShouldBe(AuthStyle.Bearer);
        provider.KeyVariables.ShouldBeEmpty();
        provider.AllowPrivateNetwork.ShouldBeTrue();
    }

    [Theory]
    [InlineData("http://localhost:9001/v1")]
    [InlineData("http://models.localhost/v1")]
    [InlineData("http://127.1.2.3/v1")]
    [InlineData("http://[::1]:9001/v1")]
    [InlineData("http://[::ffff:127.0.0.1]/v1")]
    [InlineData("https://10.1.2.3/v1")]
    public void An_opened_provider_may_be_inside_and_on_this_machine_without_tls(string address) =>
        ConfigFixture.Good($$"""{ "providers": { "a": { "endpoints": { "openai-chat": "{{address}}" }, "allowPrivateNetwork": true } } }""")
            .Providers.ShouldHaveSingleItem().Endpoints[Dialect.OpenAiChat].BaseAddress.ShouldBe(new Uri(address));

    [Fact]
    public void Rules_keep_their_order_and_name_providers_whatever_their_case()
    {
        var rules = ConfigFixture.Good("""
            { "providers": { "Local": { "preset": "groq" } }, "models": [
              { "match": "fast", "targets": [ { "provider": "local", "model": "qwen3:30b", "dialect": "openai-chat" }, { "provider": "LOCAL" } ] },
              { "match": "f*", "targets": [ { "provider": "local" } ] } ] }
            """).Models;
        rules.Select(r => r.Match).ShouldBe(["fast", "f*"]);
        rules[0].Targets.ShouldBe([new ModelTarget("Local", "qwen3:30b", Dialect.OpenAiChat), new ModelTarget("Local")]);
    }

    [Fact]
    public void Workspaces_have_the_private_hosts_and_default_models_that_the_operator_names()
    {
        var workspaces = ConfigFixture.Good("""
            { "workspaces": { "privateHosts": ["llm.internal", "10.0.0.5:8000", "[fd00::1]:80"], "defaultModels": { "codex": "gpt-5.5", "claude-code": "" } } }
            """).Workspaces;
        workspaces.PrivateHosts.ShouldBe(["llm.internal", "10.0.0.5:8000", "[fd00::1]:80"], ignoreOrder: true);
        workspaces.DefaultModels.ShouldBe(new Dictionary<string, string> { ["openai-codex"] = "gpt-5.5", ["claude-code"] = "" }, ignoreOrder: true);
        new GatehouseConfig().Workspaces.PrivateHosts.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{}", true, null, null)]
    [InlineData("""{ "enabled": false, "tokenUrl": "http://127.0.0.1:9/token", "scopes": [] }""", false, "http://127.0.0.1:9/token", "")]
    [InlineData("""{ "tokenUrl": "https://auth.example/token", "scopes": ["openid", "email"] }""", true, "https://auth.example/token", "openid email")]
    public void Codex_logins_are_refreshed_where_and_as_the_operator_says(string section, bool enabled, string? address, string? scopes)
    {
        var refresh = ConfigFixture.Good($$"""{ "workspaces": { "codexRefresh": {{section}} } }""").Workspaces.CodexRefresh;
        refresh.Enabled.ShouldBe(enabled);
        refresh.TokenUrl?.ToString().ShouldBe(address);
        (refresh.Scopes is { } named ? string.Join(' ', named) : null).ShouldBe(scopes);
    }

    [Theory]
    [InlineData("{}", 10, 30)]
    [InlineData("""{ "vendorSeconds": 0.5, "waitSeconds": 300 }""", 0.5, 300)]
    public void A_refresh_of_a_Codex_login_is_waited_for_as_long_as_the_operator_says(string section, double vendor, double wait)
    {
        var refresh = ConfigFixture.Good($$"""{ "workspaces": { "codexRefresh": {{section}} } }""").Workspaces.CodexRefresh;
        (refresh.VendorLimit.TotalSeconds, refresh.WaitLimit.TotalSeconds).ShouldBe((vendor, wait));
    }

    [Fact]
    public void Agents_are_set_up_with_the_models_of_the_integration_section()
    {
        var integration =
            ConfigFixture.Good("""{ "integration": { "defaultModel": "claude-sonnet-4-5[1m]", "fastModel": "fast" } }""").Integration;
        integration.DefaultModel.ShouldBe("claude-sonnet-4-5[1m]");
        integration.FastModel.ShouldBe("fast");
    }

    [Fact]
    public void Prices_are_read_in_dollars_a_million()
    {
        var rule = ConfigFixture.Good("""
            { "prices": [{ "models": ["m-*"], "provider": "p", "input": 2.5, "output": 10, "cacheRead": 0.25,
                           "above": [{ "tokens": 272000, "input": 5, "output": 15 }] }] }
            """).Prices.ShouldHaveSingleItem();
        (rule.Models.Single(), rule.Provider).ShouldBe(("m-*", "p"));
        rule.Price.For(272_000).ShouldBe(new TokenPrices(2_500_000_000, 10_000_000_000, 250_000_000, 2_500_000_000, 2_500_000_000));
        rule.Price.For(272_001).Input.ShouldBe(5_000_000_000);
    }

    [Fact]
    public void Limits_of_users_are_read_and_nought_is_none()
    {
        var limits = ConfigFixture.Good("""
            { "userLimits": { "requests": 0, "windowSeconds": 10, "dailyInputTokens": 1000, "dailyOutputTokens": 0, "monthlyCostUsd": 12.5,
                              "allowUnpricedModels": false }, "limits": { "maxInputTokensPerRequest": 32000 } }
            """);
        limits.UserLimits.ShouldBe(new Gatehouse.Gateway.Admission.UserLimitsConfig
        {
            Requests = null,
            Window = TimeSpan.FromSeconds(10),
            DailyInputTokens = 1000,
            DailyOutputTokens = null,
            MonthlyCostNanodollars = 12_500_000_000,
            AllowsUnpriced = false,
        });
        limits.Limits.MaxInputTokensPerRequest.ShouldBe(32000);
        ConfigFixture.Good("{}").Limits.MaxInputTokensPerRequest.ShouldBeNull();
    }

    [Fact]
    public void Anonymous_access_takes_a_named_token()
    {
        var auth = ConfigFixture.Good("""{ "auth": { "anonymous": "loopback", "anonymousToken": "desk" } }""").Auth;
        auth.Anonymous.ShouldBe(AnonymousAccess.Loopback);
        auth.AnonymousToken.ShouldBe("desk");
    }
}
