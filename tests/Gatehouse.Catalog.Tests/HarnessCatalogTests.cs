using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Catalog.Tests;

public sealed class HarnessCatalogTests
{
    [Fact]
    public void Each_harness_that_is_promised_stands_once() => HarnessCatalog.Embedded.All.Select(one => one.Name).ShouldBe(
    [
        "claude-code", "openai-codex", "opencode", "google-gemini", "mistral-vibe", "amp", "qwen-code", "crush", "aider", "generic",
    ]);

    [Theory]
    [InlineData("claude-code", "anthropic", "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "anthropic", "anthropic")]
    [InlineData("openai-codex", "openai-responses", "OPENAI_BASE_URL", "OPENAI_API_KEY", "openai/v1", "openai")]
    [InlineData("opencode", "openai-chat openai-responses anthropic", null, "OPENCODE_API_KEY", "openai/v1", null)]
    [InlineData("google-gemini", "", null, "GEMINI_API_KEY", null, null)]
    [InlineData("mistral-vibe", "", null, "MISTRAL_API_KEY", null, "mistral")]
    [InlineData("amp", "", null, "AMP_API_KEY", null, null)]
    public void The_table_says_what_the_programs_take(
        string name, string dialects, string? baseUrl, string auth, string? segment, string? provider)
    {
        var harness = HarnessCatalog.Embedded.Find(name)!;

        string.Join(' ', harness.Dialects.Select(dialect => dialect.Name())).ShouldBe(dialects);
        (harness.BaseUrlVariable, harness.AuthVariable, harness.RouteSegment, harness.DefaultProvider).ShouldBe((baseUrl, auth, segment, provider));
    }

    [Theory]
    [InlineData("claude", "claude-code")]
    [InlineData("Codex", "openai-codex")]
    [InlineData("gemini", "google-gemini")]
    [InlineData("VIBE", "mistral-vibe")]
    public void A_harness_is_found_by_its_other_names(string alias, string name) => HarnessCatalog.Embedded.Find(alias)!.Name.ShouldBe(name);

    [Fact]
    public void What_is_not_there_is_not_found() => HarnessCatalog.Embedded.Find("no-such").ShouldBeNull();

    [Theory]
    [InlineData("google-gemini")]
    [InlineData("mistral-vibe")]
    [InlineData("amp")]
    public void What_speaks_no_dialect_of_ours_is_native_and_says_why(string name)
    {
        var harness = HarnessCatalog.Embedded.Find(name)!;

        harness.Proxied.ShouldBeFalse();
        harness.NativeReason!.ShouldEndWith(".");
        foreach (var dialect in DialectNames.All) HarnessFit.Between(harness, [dialect]).ShouldBeNull();
    }

    [Fact]
    public void Vendors_logins_go_only_where_their_own_program_takes_them()
    {
        HarnessCatalog.Embedded.All.Where(one => one.OAuthVariable is not null).Select(one => one.Name).ShouldBe(["claude-code"]);
        HarnessCatalog.Embedded.All.Where(one => one.AuthFile is not null).Select(one => one.Name).ShouldBe(["openai-codex"]);
    }

    [Fact]
    public void A_common_dialect_goes_before_a_translation_and_nothing_is_made_up()
    {
        foreach (var harness in HarnessCatalog.Embedded.All)
        {
            HarnessFit.Between(harness, []).ShouldBeNull();
            foreach (var dialect in DialectNames.All)
            {
                if (HarnessFit.Between(harness, [dialect]) is not { } fit) continue;
                fit.Upstream.ShouldBe(dialect);
                if (harness.Dialects.Contains(dialect)) fit.Client.ShouldBe(dialect);
                else EdgeSet.Find(fit.Client, fit.Upstream).ShouldNotBeNull();
            }
        }
        HarnessFit.Between(HarnessCatalog.Embedded.Find("claude-code")!, [Dialect.OpenAiChat, Dialect.Anthropic])!.Value.Upstream.ShouldBe(Dialect.Anthropic);
    }

    [Theory]
    [InlineData("""{"harnesses":[]}""", "there are none")]
    [InlineData("""{"harnesses":[{"name":"Bad Name","label":"x","nativeReason":"So."}]}""", "may hold a-z")]
    [InlineData("""{"harnesses":[{"name":"a","label":"x","nativeReason":"So."},{"name":"b","label":"x","aliases":["a"],"nativeReason":"So."}]}""", "stands twice")]
    [InlineData("""{"harnesses":[{"name":"a","label":"x"}]}""", "speaks no dialect")]
    [InlineData("""{"harnesses":[{"name":"a","label":"x","nativeReason":"no sentence"}]}""", "not a sentence")]
    [InlineData("""{"harnesses":[{"name":"a","label":"x","dialects":["gemini"],"routeSegment":"openai/v1"}]}""", "gemini is not a dialect")]
    [InlineData("""{"harnesses":[{"name":"a","label":"x","dialects":["anthropic"],"routeSegment":"v9"}]}""", "not a route segment")]
    [InlineData("""{"harnesses":[{"name":"a","label":"x","dialects":["anthropic"],"routeSegment":"anthropic","authVariable":"A"}]}""", "secret names")]
    [InlineData("""{"harnesses":[{"name":"a","label":"x","nativeReason":"So.","defaultProvider":"nobody"}]}""", "no preset nobody")]
    [InlineData("""{"harnesses":[{"name":"a","label":"x","nativeReason":"So.","colour":"red"}]}""", "colour")]
    public void Faults_of_the_data_are_named(string json, string fault)
    {
        var (catalog, faults) = HarnessReader.Read(Encoding.UTF8.GetBytes(json));

        catalog.ShouldBeNull();
        string.Join(' ', faults).ShouldContain(fault);
    }
}
