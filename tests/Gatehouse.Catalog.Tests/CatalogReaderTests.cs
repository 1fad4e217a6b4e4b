using System.Text;

namespace Gatehouse.Catalog.Tests;

public sealed class CatalogReaderTests
{
    private const string GoodPreset = """{ "name": "a", "label": "A", "docs": "https://a.example", "endpoints": { "openai-chat": { "url": "https://a.example/v1", "auth": "bearer" } } }""";
    private const string GoodEdit =
        """{ "name": "no-a", "description": "Takes a out.", "dialects": ["openai-chat"], "removeFields": ["a"] }""";

    [Fact]
    public void Good_data_is_read() => Faults(GoodPreset, GoodEdit).ShouldBeEmpty();

    [Theory]
    [InlineData("""{ "name": "A b", "label": "A", "docs": "https://a.example", "auth": "bearer" }""", "the name may hold")]
    [InlineData(GoodPreset + "," + GoodPreset, "stands twice")]
    [InlineData("""{ "name": "a", "label": "", "docs": "https://a.example", "auth": "bearer" }""", "no label")]
    [InlineData("""{ "name": "a", "label": "A", "docs": "http://a.example", "auth": "bearer" }""", "not a plain https address")]
    [InlineData("""{ "name": "a", "label": "A", "docs": "https://a.example" }""", "neither endpoints nor an auth style")]
    [InlineData("""{ "name": "a", "label": "A", "docs": "https://a.example", "auth": "basic" }""", "not an auth style")]
    [InlineData("""{ "name": "a", "label": "A", "docs": "https://a.example", "auth": "none", "edits": ["x"] }""", "no edit x")]
    [InlineData("""{ "name": "a", "label": "A", "docs": "https://a.example", "auth": "none", "models": ["a b"] }""", "not a pattern")]
    [InlineData("""{ "name": "a", "label": "A", "docs": "https://a.example", "auth": "none", "keyVariables": ["a-key"] }""",
        "not the name of an environment variable")]
    [InlineData(
        """{ "name": "a", "label": "A", "docs": "https://a.example", "auth": "none", "keyVariables": ["K", "K"] }""", "claimed twice")]
    [InlineData("""{ "name": "a", "label": "A", "docs": "https://a.example", "endpoints": { "chat": { "url": "https://a.example/v1", "auth": "bearer" } } }""", "not a dialect")]
    [InlineData("""{ "name": "a", "label": "A", "docs": "https://a.example", "endpoints": { "anthropic": { "url": "https://a.example/v1", "auth": "bearer" } } }""", "must be the root")]
    [InlineData("""{ "name": "a", "label": "A", "docs": "https://a.example", "endpoints": { "anthropic": { "url": "https://a.example/", "auth": "bearer" } } }""", "ends with a slash")]
    [InlineData("""{ "name": "a", "label": "A", "docs": "https://a.example", "auth": "none", "colour": 1 }""", "colour")]
    [InlineData("""{ "label": "A", "docs": "https://a.example", "auth": "none" }""", "name")]
    public void A_bad_preset_is_refused(string preset, string fault) =>
        Faults(preset, GoodEdit).ShouldContain(f => f.Contains(fault, StringComparison.Ordinal));

    [Theory]
    [InlineData("""{ "name": "no-a", "description": "Takes nothing out.", "dialects": ["anthropic"] }""", "takes nothing out")]
    [InlineData("""{ "name": "no-a", "description": "no sentence", "dialects": ["anthropic"], "removeFields": ["a"] }""", "not a sentence")]
    [InlineData("""{ "name": "no-a", "description": "None.", "dialects": [], "removeFields": ["a"] }""", "names no dialect")]
    [InlineData(
        """{ "name": "no-a", "description": "Twice.", "dialects": ["anthropic", "anthropic"], "removeFields": ["a"] }""", "stands twice")]
    [InlineData("""{ "name": "no-a", "description": "Beta.", "dialects": ["openai-chat"], "removeBetas": ["a-"] }""", "has no betas")]
    [InlineData("""{ "name": "no-a", "description": "Path.", "dialects": ["anthropic"], "removeFields": ["a..b"] }""", "not a path")]
    [InlineData(
        """{ "name": "no-a", "description": "Block.", "dialects": ["anthropic"], "removeBlocks": [{ "path": "a", "textPrefix": "x" }] }""",
        "must be an array")]
    public void A_bad_edit_is_refused(string edit, string fault) =>
        Faults(GoodPreset, edit).ShouldContain(f => f.Contains(fault, StringComparison.Ordinal));

    [Fact]
    public void Every_fault_is_named_at_once()
    {
        var faults = Faults(
            """{ "name": "A", "label": "", "docs": "x", "auth": "basic" }""", """{ "name": "B", "description": "x", "dialects": ["y"] }""");
        faults.Count.ShouldBeGreaterThan(6);
    }

    [Fact]
    public void An_edit_of_several_dialects_becomes_one_per_dialect()
    {
        var (catalog, faults) = CatalogReader.Read(
            Encoding.UTF8.GetBytes($$"""{ "presets": [{{GoodPreset}}] }"""),
            """{ "edits": [{ "name": "no-a", "description": "Both.", "dialects": ["openai-chat", "openai-responses"], "removeFields": ["a[].b"] }] }"""u8,
            """{ "traits": [{}] }"""u8);
        faults.ShouldBeEmpty();
        catalog!.FindEdits("no-a").Length.ShouldBe(2);
        catalog.EditNames.ShouldBe(["no-a"]);
    }

    [Theory]
    [InlineData("""{ "preset": "b" }""", "no preset b")]
    [InlineData("""{ "dialect": "gemini" }""", "not a dialect")]
    [InlineData("""{ "models": [] }""", "names no models")]
    [InlineData("""{ "models": ["a b"] }""", "names no models")]
    [InlineData("""{ "efforts": ["huge"] }""", "'huge' is not known")]
    [InlineData("""{ "reasoning": ["budgets"] }""", "'budgets' is not known")]
    [InlineData("""{ "sampling": ["heat"] }""", "'heat' is not known")]
    [InlineData("""{ "maxOutput": 0 }""", "out of range")]
    [InlineData("""{ "toolIdLength": 2 }""", "out of range")]
    [InlineData("""{ "colour": 1 }""", "colour")]
    public void A_bad_rule_about_models_is_refused(string rule, string fault) =>
        Faults(GoodPreset, GoodEdit, rule).ShouldContain(f => f.Contains(fault, StringComparison.Ordinal));

    private static IReadOnlyList<string> Faults(string presets, string edits, string traits = "{}")
    {
        var (catalog, faults) = CatalogReader.Read(
            Encoding.UTF8.GetBytes($$"""{ "presets": [{{presets}}] }"""),
            Encoding.UTF8.GetBytes($$"""{ "edits": [{{edits}}] }"""),
            Encoding.UTF8.GetBytes($$"""{ "traits": [{{traits}}] }"""));
        (catalog is null).ShouldBe(faults.Count > 0);
        return faults;
    }
}
