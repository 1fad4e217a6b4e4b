using Gatehouse.Dialects;
using Gatehouse.Dialects.Edits;

namespace Gatehouse.Catalog.Tests;

public sealed class ProviderCatalogTests
{
    private static readonly ProviderCatalog _catalog = ProviderCatalog.Embedded;

    public static TheoryData<string> Presets => new(_catalog.Presets.Select(p => p.Name));

    public static TheoryData<string> Edits => new(_catalog.EditNames);

    [Fact]
    public void Every_promised_preset_is_there()
    {
        string[] promised = ["anthropic", "openai", "openrouter", "groq", "deepseek", "mistral", "cohere", "openai-compatible"];
        promised.ShouldBeSubsetOf(_catalog.Presets.Select(p => p.Name));
        _catalog.Presets.Select(p => p.Name).ShouldBeUnique();
        _catalog.FindPreset("nobody").ShouldBeNull();
    }

    [Fact]
    public void Every_promised_edit_is_there()
    {
        string[] promised =
        [
            "no-context-management", "no-effort", "no-defer-loading", "no-billing-header", "no-thinking-display", "no-strict-tools",
            "no-store",
            "no-parallel-tool-calls",
        ];
        promised.ShouldBeSubsetOf(_catalog.EditNames);
        _catalog.FindEdits("no-such-edit").ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Presets))]
    public void A_preset_is_complete(string name)
    {
        var preset = _catalog.FindPreset(name).ShouldNotBeNull();
        preset.Label.ShouldNotBeNullOrWhiteSpace();
        preset.Docs.Scheme.ShouldBe("https");
        preset.Edits.ShouldBeEmpty("edits are off by default");
        preset.Endpoints.Select(e => e.Dialect).ShouldBeUnique();
        foreach (var endpoint in preset.Endpoints)
        {
            endpoint.BaseAddress.Scheme.ShouldBe("https");
            endpoint.BaseAddress.UserInfo.ShouldBeEmpty();
            endpoint.Auth.ShouldNotBe(AuthStyle.None);
            if (endpoint.Dialect == Dialect.Anthropic) endpoint.BaseAddress.AbsolutePath.ShouldNotEndWith("/v1");
            else endpoint.BaseAddress.AbsolutePath.ShouldEndWith("/v1");
        }

        var generic = preset.Endpoints.IsEmpty;
        preset.KeyVariables.IsEmpty.ShouldBe(generic);
        (preset.Models.IsEmpty && preset.FallbackModels.IsEmpty).ShouldBe(generic);
    }

    // As the vendors' own pages have them: a key goes where these say.
    [Theory]
    [InlineData("anthropic", "ANTHROPIC_API_KEY", "anthropic https://api.anthropic.com/ x-api-key")]
    [InlineData("openai", "OPENAI_API_KEY", "openai-chat https://api.openai.com/v1 bearer", "openai-responses https://api.openai.com/v1 bearer")]
    [InlineData("groq", "GROQ_API_KEY", "openai-chat https://api.groq.com/openai/v1 bearer", "openai-responses https://api.groq.com/openai/v1 bearer")]
    [InlineData("deepseek", "DEEPSEEK_API_KEY", "anthropic https://api.deepseek.com/anthropic x-api-key", "openai-chat https://api.deepseek.com/v1 bearer")]
    [InlineData("mistral", "MISTRAL_API_KEY", "openai-chat https://api.mistral.ai/v1 bearer")]
    [InlineData("cohere", "COHERE_API_KEY CO_API_KEY", "openai-chat https://api.cohere.ai/compatibility/v1 bearer")]
    [InlineData("openrouter", "OPENROUTER_API_KEY", "anthropic https://openrouter.ai/api bearer", "openai-chat https://openrouter.ai/api/v1 bearer", "openai-responses https://openrouter.ai/api/v1 bearer")]
    public void A_preset_leads_to_its_vendor_with_the_vendors_key(string name, string variables, params string[] endpoints)
    {
        var preset = _catalog.FindPreset(name).ShouldNotBeNull();
        preset.KeyVariables.ShouldBe(variables.Split(' '));
        preset.Endpoints.Select(e => $"{e.Dialect.Name()} {e.BaseAddress.AbsoluteUri} {e.Auth.Name()}").ShouldBe(endpoints, ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Edits))]
    public void An_edit_takes_header_and_body_halves_out_together(string name)
    {
        var edits = _catalog.FindEdits(name);
        edits.ShouldNotBeEmpty();
        edits.Select(e => e.Dialect).ShouldBeUnique();
        foreach (var edit in edits)
        {
            edit.Description.ShouldNotBeNullOrWhiteSpace();
            (edit.RemoveBetaPrefixes.Length + edit.RemoveHeaders.Length + edit.RemoveFields.Length + edit.RemoveBlocks.Length)
                .ShouldBePositive();
            if (edit.Dialect != Dialect.Anthropic) edit.RemoveBetaPrefixes.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("no-context-management", "context-management-", "context_management")]
    [InlineData("no-effort", "effort-", "output_config")]
    [InlineData("no-defer-loading", "advanced-tool-use-", "tools[].defer_loading")]
    [InlineData("no-thinking-display", "thinking-display-", "thinking.display")]
    public void A_beta_goes_with_its_field(string name, string beta, string field)
    {
        var edit = _catalog.FindEdits(name).ShouldHaveSingleItem();
        edit.RemoveBetaPrefixes.ShouldContain(beta);
        edit.RemoveFields.ShouldContain(field);
    }

    [Fact]
    public void The_billing_block_is_found_by_its_text()
    {
        _catalog.FindEdits("no-billing-header").ShouldHaveSingleItem()
            .RemoveBlocks.ShouldBe([new BlockRemoval("system[]", "x-anthropic-billing-header:")]);
    }

    [Theory]
    [InlineData("mistral", false)]
    [InlineData("cohere", false)]
    [InlineData("openai", true)]
    [InlineData("deepseek", true)]
    public void Usage_is_not_asked_of_hosts_that_refuse_the_field(string name, bool asked) =>
        _catalog.FindPreset(name)!.IncludeUsage.ShouldBe(asked);

    [Fact]
    public void Deepseek_speaks_two_dialects() =>
        _catalog.FindPreset("deepseek")!.Endpoints.Select(e => e.Dialect).ShouldBe([Dialect.Anthropic, Dialect.OpenAiChat]);

    [Fact]
    public void Auth_style_names_read_back()
    {
        foreach (var style in Enum.GetValues<AuthStyle>())
        {
            AuthStyleNames.TryParse(style.Name(), out var read).ShouldBeTrue();
            read.ShouldBe(style);
        }

        AuthStyleNames.TryParse("basic", out _).ShouldBeFalse();
        AuthStyleNames.TryParse(null, out _).ShouldBeFalse();
    }
}
