using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;

namespace Gatehouse.Gateway.Tests.Credentials;

public sealed class CredentialFitTests
{
    [Theory]
    [InlineData("claude-code", null, Dialect.Anthropic, Dialect.Anthropic)]
    [InlineData("claude-code", "openai", Dialect.Anthropic, Dialect.OpenAiChat)]
    [InlineData("claude-code", "openrouter", Dialect.Anthropic, Dialect.Anthropic)]
    [InlineData("openai-codex", null, Dialect.OpenAiResponses, Dialect.OpenAiResponses)]
    [InlineData("openai-codex", "cohere", Dialect.OpenAiResponses, Dialect.OpenAiChat)]
    [InlineData("openai-codex", "anthropic", Dialect.OpenAiResponses, Dialect.Anthropic)]
    [InlineData("opencode", "groq", Dialect.OpenAiChat, Dialect.OpenAiChat)]
    [InlineData("opencode", "anthropic", Dialect.Anthropic, Dialect.Anthropic)]
    [InlineData("aider", "anthropic", Dialect.OpenAiChat, Dialect.Anthropic)]
    public void A_key_is_proxied_in_a_dialect_of_both_or_by_a_translation(string harness, string? provider, Dialect client, Dialect upstream) =>
        Of(harness, CredentialKind.ApiKey, provider).ShouldBe(new CredentialFit(CredentialUse.Proxied, client, upstream, null));

    [Theory]
    [InlineData("opencode", null, "whose key")]
    [InlineData("claude-code", "no-such-provider", "no provider preset")]
    [InlineData("claude-code", "openai-compatible", "speaks nothing")]
    [InlineData("google-gemini", "openai", "generateContent")]
    [InlineData("amp", "openai", "control plane")]
    [InlineData("mistral-vibe", "groq", "Mistral's own service")]
    public void A_key_that_is_not_known_to_fit_is_refused(string harness, string? provider, string why)
    {
        var fit = Of(harness, CredentialKind.ApiKey, provider);

        fit.Use.ShouldBe(CredentialUse.Refused);
        fit.Refusal!.ShouldContain(why);
        (fit.Client, fit.Upstream).ShouldBe((null, null));
    }

    [Theory]
    [InlineData("google-gemini", CredentialKind.ApiKey, null)]
    [InlineData("mistral-vibe", CredentialKind.ApiKey, "mistral")]
    [InlineData("amp", CredentialKind.ApiKey, null)]
    [InlineData("claude-code", CredentialKind.OAuthToken, null)]
    [InlineData("openai-codex", CredentialKind.AuthJson, null)]
    public void What_only_the_vendors_program_may_use_stays_native(string harness, CredentialKind kind, string? provider) =>
        Of(harness, kind, provider).Use.ShouldBe(CredentialUse.Native);

    [Fact]
    public void A_subscription_or_login_file_is_proxied_for_no_harness()
    {
        foreach (var harness in HarnessCatalog.Embedded.All)
        {
            foreach (var kind in (CredentialKind[])[CredentialKind.OAuthToken, CredentialKind.AuthJson])
            {
                CredentialFit.Of(harness, kind, null, null).Use.ShouldNotBe(CredentialUse.Proxied, $"{harness.Name} {kind}");
            }
        }
    }

    [Fact]
    public void A_host_of_ones_own_serves_every_proxied_harness_in_every_dialect_and_no_native_one()
    {
        foreach (var harness in HarnessCatalog.Embedded.All)
        {
            foreach (var dialect in DialectNames.All)
            {
                var kind = dialect == Dialect.Anthropic ? CredentialKind.AnthropicCompatible : CredentialKind.OpenAiCompatible;
                var fit = CredentialFit.Of(harness, kind, null, dialect);

                fit.Use.ShouldBe(harness.Proxied ? CredentialUse.Proxied : CredentialUse.Refused, $"{harness.Name} {dialect}");
                if (harness.Proxied) fit.Upstream.ShouldBe(dialect);
                if (harness.Dialects.Contains(dialect)) fit.Client.ShouldBe(dialect);
            }
            CredentialFit.Of(harness, CredentialKind.OpenAiCompatible, null, null).Use.ShouldBe(CredentialUse.Refused);
        }
    }

    private static CredentialFit Of(string harness, CredentialKind kind, string? provider) =>
        CredentialFit.Of(HarnessCatalog.Embedded.Find(harness)!, kind, provider, null);
}
