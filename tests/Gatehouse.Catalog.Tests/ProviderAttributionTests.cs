using Gatehouse.Dialects;

namespace Gatehouse.Catalog.Tests;

public sealed class ProviderAttributionTests
{
    private static ProviderAttribution Of(string address, Dialect dialect = Dialect.OpenAiChat, string? id = null, string? name = null) =>
        ProviderAttribution.Of(ProviderCatalog.Embedded, dialect, new Uri(address), id, name);

    [Theory]
    [InlineData("https://anthropic-alt.example/anthropic", "anthropic-alt-example", "Anthropic Alt Example")]
    [InlineData("https://api.my_host.example.com:8443/v1", "my-host-example-com", "My Host Example Com")]
    [InlineData("https://API.Example.com", "example-com", "Example Com")]
    [InlineData("https://api.", "custom-provider", "Custom Provider")]
    public void An_unknown_endpoint_is_named_after_its_host(string address, string id, string name)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out _)) address = "https://_/";
        Of(address).ShouldBe(new ProviderAttribution(id, name));
    }

    [Theory]
    [InlineData("https://api.groq.com/openai/v1", Dialect.OpenAiChat, "groq")]
    [InlineData("https://API.groq.com/openai/v1/?key=x#y", Dialect.OpenAiChat, "groq")]
    [InlineData("https://api.deepseek.com/anthropic", Dialect.Anthropic, "deepseek")]
    [InlineData("https://api.deepseek.com/anthropic", Dialect.OpenAiChat, "deepseek-com")]
    [InlineData("https://api.groq.com/openai/v2", Dialect.OpenAiChat, "groq-com")]
    public void A_presets_address_in_its_dialect_is_that_preset(string address, Dialect dialect, string id) => Of(address, dialect).Id.ShouldBe(id);

    [Fact]
    public void A_preset_brings_its_label() =>
        Of("https://api.groq.com/openai/v1").Name.ShouldBe(ProviderCatalog.Embedded.FindPreset("groq")!.Label);

    [Fact]
    public void What_the_settings_say_comes_first()
    {
        Of("https://api.groq.com/openai/v1", id: "Opencode Zen").ShouldBe(new ProviderAttribution("opencode-zen", "Opencode Zen"));
        Of("https://host.example", id: "groq").Name.ShouldBe(ProviderCatalog.Embedded.FindPreset("groq")!.Label);
        Of("https://host.example", name: " My host ").ShouldBe(new ProviderAttribution("host-example", "My host"));
        Of("https://host.example", id: "--").Id.ShouldBe("host-example");
    }

    [Fact]
    public void An_overlong_id_is_cut() => Of("https://host.example", id: new string('x', 300)).Id.Length.ShouldBe(100);
}
