using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Gatehouse.Clients.Overlays;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Tests.Overlays;

/// <summary>What a run is started with, whatever lies in the person's home. That the programs go by it is tried with the programs themselves.</summary>
[SupportedOSPlatform("linux")]
public sealed class OverlayTests
{
    private const string Token = "ghc_secret";

    private static readonly ClientSetup _setup = new()
    {
        Gateway = new Uri("http://127.0.0.1:8484"),
        Dialect = Dialect.Anthropic,
        Token = Token,
        Credential = CredentialPlace.Settings,
        IsRouted = name => !name.StartsWith("relay", StringComparison.Ordinal),
    };

    [Theory]
    [InlineData("claude-code")]
    [InlineData("codex")]
    [InlineData("opencode")]
    public void The_token_is_in_a_file_or_a_variable_and_never_in_an_argument(string name)
    {
        using var home = new ClientHome();
        var overlay = Of(home, name, _setup with { Model = new ModelChoice("gpt-5.5") });
        overlay.Arguments.ShouldAllBe(word => !word.Contains(Token));
        (overlay.Files.Any(file => file.Content.Contains(Token, StringComparison.Ordinal)) || overlay.Set.Any(variable => variable.Value == Token)).ShouldBeTrue();
        overlay.Files.ShouldAllBe(file => file.Path.StartsWith("/run/here/", StringComparison.Ordinal));
        Directory.EnumerateFileSystemEntries(home.Home).ShouldBeEmpty();
    }

    [Fact]
    public void Claude_Code_gets_what_must_not_be_in_force_as_empty_texts()
    {
        using var home = new ClientHome();
        var env = Claude(Of(home, "claude-code", _setup))["env"]!;
        ((string?)env["ANTHROPIC_BASE_URL"]).ShouldBe("http://127.0.0.1:8484");
        ((string?)env["ANTHROPIC_AUTH_TOKEN"]).ShouldBe(Token);
        foreach (var name in new[] { "ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_CUSTOM_HEADERS", "CLAUDE_CODE_USE_BEDROCK", "ENABLE_TOOL_SEARCH" })
            ((string?)env[name]).ShouldBe("", name);
        ((string?)Claude(Of(home, "claude-code", _setup))["apiKeyHelper"]).ShouldBe("");
        ((string?)Claude(Of(home, "claude-code", _setup with { ToolReferencesSurvive = true }))["env"]!["ENABLE_TOOL_SEARCH"]).ShouldBe("true");
    }

    [Fact]
    public void A_model_of_the_persons_own_stays_unless_it_leads_nowhere_and_none_is_named()
    {
        using var home = new ClientHome();
        home.Write("home/.claude/settings.json", """{"model":"relay-large","env":{"ANTHROPIC_MODEL":"claude-mine-1","ANTHROPIC_DEFAULT_HAIKU_MODEL":"relay-small"}}""");
        home.Set("ANTHROPIC_SMALL_FAST_MODEL", "relay-old");
        var left = Of(home, "claude-code", _setup);
        ((string?)Claude(left)["model"]).ShouldBe("");
        ((string?)Claude(left)["env"]!["ANTHROPIC_DEFAULT_HAIKU_MODEL"]).ShouldBe("");
        Claude(left)["env"]!.AsObject().ContainsKey("ANTHROPIC_MODEL").ShouldBeFalse();
        left.Warnings.Length.ShouldBe(2);
        left.Unset.ShouldContain("ANTHROPIC_SMALL_FAST_MODEL");

        var named = Of(home, "claude-code", _setup with { Model = new ModelChoice("qwen3") });
        ((string?)Claude(named)["env"]!["ANTHROPIC_MODEL"]).ShouldBe("qwen3");
        ((string?)Claude(named)["env"]!["ANTHROPIC_DEFAULT_HAIKU_MODEL"]).ShouldBe("qwen3");
        named.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "gatehouse", "model_providers.gatehouse.env_key=\"GATEHOUSE_TOKEN\"")]
    [InlineData("[model_providers.gatehouse]\nname = \"G\"\nenv_key = \"X\"\n", "gatehouse", "model_providers.gatehouse.env_key=\"GATEHOUSE_TOKEN\"")]
    [InlineData("[model_providers.gatehouse]\nname = \"G\"\nauth = { command = \"c\" }\n", "gatehouse", "model_providers.gatehouse.auth.args=[\"/run/here/token\"]")]
    [InlineData("[model_providers.gatehouse]\nname = \"G\"\nexperimental_bearer_token = \"k\"\n", "gatehouse-run", "model_providers.gatehouse-run.env_key=\"GATEHOUSE_TOKEN\"")]
    [InlineData("[model_providers.gatehouse.http_headers]\nAuthorization = \"k\"\n", "gatehouse-run", "model_providers.gatehouse-run.env_key=\"GATEHOUSE_TOKEN\"")]
    public void Codex_gets_its_token_in_the_way_of_the_table_that_it_is_laid_over(string config, string provider, string option)
    {
        using var home = new ClientHome();
        home.Write("home/.codex/config.toml", config);
        var overlay = Of(home, "codex", _setup);
        overlay.Arguments.ShouldContain($"model_provider=\"{provider}\"");
        overlay.Arguments.ShouldContain(option);
        overlay.Arguments.Count(word => word.Contains(".env_key=", StringComparison.Ordinal) || word.Contains(".auth.command=", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public void Codex_is_given_a_model_when_its_own_leads_nowhere_and_keeps_a_catalogue_of_the_persons()
    {
        using var home = new ClientHome();
        home.Write("home/.codex/config.toml", "model = \"relay-large\"\nmodel_catalog_json = \"/mine/models.json\"\n");
        var overlay = Of(home, "codex", _setup);
        overlay.Arguments.ShouldContain("model=\"gpt-5.5\"");
        overlay.Warnings.ShouldHaveSingleItem().ShouldContain("relay-large");
        Of(home, "codex", _setup with { Model = new ModelChoice("qwen3") }).Arguments.ShouldAllBe(word => !word.StartsWith("model_catalog_json", StringComparison.Ordinal));
    }

    [Fact]
    public void OpenCode_is_allowed_our_provider_alone_and_keeps_what_stands_in_the_variable()
    {
        using var home = new ClientHome();
        home.Write("project/opencode.json", """{"agent":{"plan":{"model":"relay/x"},"build":{"model":"gatehouse/old"}}}""");
        home.Set("OPENCODE_CONFIG_CONTENT", """{"share":"disabled","enabled_providers":["relay"],"agent":{"mine":{"model":"relay/y","mode":"primary"}}}""");
        home.Set("OPENCODE_CONFIG", "/somewhere.json");
        var overlay = Of(home, "opencode", _setup with { Model = new ModelChoice("qwen3") });
        var config = JsonNode.Parse(overlay.Set.Single(variable => variable.Key == "OPENCODE_CONFIG_CONTENT").Value)!;
        config["enabled_providers"]!.ToJsonString().ShouldBe("[\"gatehouse\"]");
        config["disabled_providers"]!.ToJsonString().ShouldBe("[]");
        ((string?)config["share"]).ShouldBe("disabled");
        config["agent"]!.ToJsonString().ShouldBe("""{"mine":{"model":"gatehouse/qwen3","mode":"primary"},"plan":{"model":"gatehouse/qwen3"}}""");
        overlay.Warnings.ShouldBeEmpty();
        home.Set("OPENCODE_CONFIG_CONTENT", "{ not json");
        Of(home, "opencode", _setup with { Model = new ModelChoice("qwen3") }).Refusal!.ShouldContain("OPENCODE_CONFIG_CONTENT");
    }

    [Theory]
    [InlineData("claude-code", "system/etc/claude-code/managed-settings.json", """{"env":{"ANTHROPIC_BASE_URL":"https://b.example"}}""")]
    [InlineData("claude-code", "system/etc/claude-code/managed-settings.json", """{"apiKeyHelper":"key"}""")]
    [InlineData("codex", "system/etc/codex/managed_config.toml", "model_provider = \"other\"\n")]
    public void Settings_of_the_machine_that_decide_where_calls_go_are_a_refusal(string name, string file, string text)
    {
        using var home = new ClientHome();
        home.Write(file, """{}""".Replace("{}", name == "codex" ? "" : "{}", StringComparison.Ordinal));
        Of(home, name, _setup).Refusal.ShouldBeNull();
        home.Write(file, text);
        Of(home, name, _setup).Refusal!.ShouldContain(home.Full(file));
    }

    [Theory]
    [InlineData("claude-code", "CLAUDE_CONFIG_DIR")]
    [InlineData("codex", "CODEX_HOME")]
    [InlineData("opencode", "XDG_CONFIG_HOME")]
    public void An_isolated_run_sees_a_folder_of_its_own_and_nothing_of_the_persons(string name, string variable)
    {
        using var home = new ClientHome();
        home.Write("home/.claude/settings.json", """{"model":"relay-large"}""");
        home.Write("home/.codex/config.toml", "model = \"relay-large\"\n[model_providers.gatehouse]\nexperimental_bearer_token = \"k\"\n");
        var overlay = Of(home, name, _setup with { Model = name == "opencode" ? new ModelChoice("qwen3") : null }, isolated: true);
        overlay.Set.Single(set => set.Key == variable).Value.ShouldStartWith("/run/here/");
        overlay.Warnings.ShouldBeEmpty();
        overlay.Arguments.ShouldAllBe(word => !word.Contains("gatehouse-run"));
    }

    [Fact]
    public void A_client_without_an_overlay_has_none()
    {
        using var home = new ClientHome();
        foreach (var client in ClientCatalog.All.Where(client => !client.HasOverlay)) Made(home, client, _setup).ShouldBeNull(client.Id);
        ClientCatalog.All.Where(client => client.HasOverlay).Select(client => client.Id).ShouldBe(["claude-code", "codex", "opencode"]);
    }

    private static JsonNode Claude(ClientOverlay overlay) => JsonNode.Parse(overlay.Files.Single(file => file.Path == overlay.Arguments[1]).Content)!;

    private static ClientOverlay Of(ClientHome home, string name, ClientSetup setup, bool isolated = false) =>
        Made(home, ClientCatalog.Find(name)!, setup, isolated).ShouldNotBeNull();

    private static ClientOverlay? Made(ClientHome home, Client client, ClientSetup setup, bool isolated = false) =>
        Gatehouse.Clients.Overlays.Overlays.Of(client, new OverlayRequest(setup, "/run/here", isolated, [], home.At));
}
