using System.Collections.Frozen;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Gateway.Tests.Tenancy;

public sealed class DefaultModelTests
{
    /// <summary>Harness, what the administrator, the configuration and both variables say (null for nothing), and what comes of it.</summary>
    public static TheoryData<string, string?, string?, string?, string?, DefaultModelSource> Cases => new()
    {
        { "claude-code", null, null, null, "claude-sonnet-4-5", DefaultModelSource.BuiltIn },
        { "openai-codex", null, null, null, "gpt-5.5", DefaultModelSource.BuiltIn },
        { "opencode", null, null, null, "gpt-5.5", DefaultModelSource.BuiltIn },
        { "claude-code", null, null, "env", "env-anthropic", DefaultModelSource.Environment },
        { "openai-codex", null, null, "env", "env-openai", DefaultModelSource.Environment },
        { "claude-code", null, "file", "env", "file", DefaultModelSource.Configuration },
        { "claude-code", "admin", "file", "env", "admin", DefaultModelSource.Admin },
        { "claude-code", "", "file", "env", null, DefaultModelSource.Admin },
        { "claude-code", null, "", "env", null, DefaultModelSource.Configuration },
        { "openai-codex", null, null, "", null, DefaultModelSource.Environment },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_administrators_goes_before_the_files_before_the_environments_before_the_programs(
        string harness, string? admin, string? configured, string? environment, string? expected, DefaultModelSource source)
    {
        FrozenDictionary<string, string> Of(string? model) =>
            model is null ? FrozenDictionary<string, string>.Empty : new Dictionary<string, string> { [harness] = model, ["aider"] = "other" }.ToFrozenDictionary();
        string? Read(string name) => environment switch
        {
            null => null,
            "" => "",
            _ when name == "AI_PROXY_DEFAULT_ANTHROPIC_MODEL" => environment + "-anthropic",
            _ when name == "AI_PROXY_DEFAULT_OPENAI_MODEL" => environment + "-openai",
            _ => throw new InvalidOperationException(name),
        };

        var settings = PlatformSettings.Initial with { DefaultModels = Of(admin) };
        var known = HarnessCatalog.Embedded.Find(harness)!;
        DefaultModel.Of(known, known.Dialects[0], settings, Of(configured), Read).ShouldBe(new DefaultModel(expected, source));
    }

    [Fact]
    public void The_dialect_that_it_is_set_up_to_speak_decides_which_vendors_it_is()
    {
        var opencode = HarnessCatalog.Embedded.Find("opencode")!;
        DefaultModel.Of(opencode, Dialect.Anthropic, PlatformSettings.Initial, FrozenDictionary<string, string>.Empty, _ => null).Name.ShouldBe("claude-sonnet-4-5");
        DefaultModel.Of(opencode, Dialect.OpenAiResponses, PlatformSettings.Initial, FrozenDictionary<string, string>.Empty, _ => null).Name.ShouldBe("gpt-5.5");
    }
}
