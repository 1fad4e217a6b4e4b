using System.Collections.Frozen;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Gateway.Tests.Tenancy;

public sealed class DefaultModelTests
{
    /// <summary>Harness, what the administrator, the configuration and both variables say (null for nothing), and what comes of it.</summary>
    public static TheoryData<string, string?, string?, string?, string?, DefaultModelSource> Cases => new()
    {
        { "claude-code", null, null, null, "claude-sonnet-5", DefaultModelSource.BuiltIn },
        { "openai-codex", null, null, null, "gpt-5.5", DefaultModelSource.BuiltIn },
        { "opencode", null, null, null, "gpt-5.5", DefaultModelSource.BuiltIn },
        { "claude-code", null, null, "env", "env-anthropic", DefaultModelSource.Environment },
        { "openai-codex", null, null, "env", "env-openai", DefaultModelSource.Environment },
        { "claude-code", null, "file", "env", "file", DefaultModelSource.Configuration },
        { "claude-code", "admin", "file", "env", "admin", DefaultModelSource.Admin },
        { "claude-code", "", "file", "env", null, DefaultModelSource.Admin },
        { "claude-code", null, "", "env", null, DefaultModelSource.Configuration },
        { "openai-codex", null, null, "", null, DefaultModelSource.Environment },
        { "google-gemini", null, null, "env", null, DefaultModelSource.BuiltIn },
        { "google-gemini", "admin", null, "env", "admin", DefaultModelSource.Admin },
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
        DefaultModel.Of(HarnessCatalog.Embedded.Find(harness)!, settings, Of(configured), Read).ShouldBe(new DefaultModel(expected, source));
    }
}
