using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Tests.Credentials;

public sealed class CredentialTableTests
{
    /// <summary>
    /// The oracle: which of the three places hold a key (the file may name no variable, an unset or a set one), and whose is used.
    /// </summary>
    [Theory]
    [InlineData(null, false, false, null)]
    [InlineData(null, false, true, "env:PRESET_KEY")]
    [InlineData(null, true, false, "vault-1")]
    [InlineData(null, true, true, "vault-1")]
    [InlineData("FILE_KEY", false, false, "env:FILE_KEY")]
    [InlineData("FILE_KEY", true, true, "env:FILE_KEY")]
    [InlineData("UNSET", true, true, "vault-1")]
    [InlineData("UNSET", false, true, null)]
    [InlineData("UNSET", false, false, null)]
    [InlineData("BLANK", false, true, null)]
    public void The_file_goes_before_the_vault_and_the_vault_before_the_preset(
        string? apiKeyEnv, bool inVault, bool preset, string? expected)
    {
        var environment = new Dictionary<string, string> { ["FILE_KEY"] = " file-key\n", ["BLANK"] = "  " };
        if (preset) environment["PRESET_KEY"] = "preset-key";

        var table = CredentialTable.Build(
            [new ProviderKeySource("anthropic", apiKeyEnv, ["OTHER", "PRESET_KEY"])],
            inVault ? [Stored("vault-1", "anthropic")] : [],
            name => environment.GetValueOrDefault(name));

        table.Find("anthropic")?.Id.ShouldBe(expected);
        (table.Find("anthropic") is null).ShouldBe(expected is null);
        table.All.Count.ShouldBe(expected is null ? 0 : 1);
        if (expected == "env:FILE_KEY") table.Find("anthropic")!.Secret.Reveal().ShouldBe("file-key");
        if (expected is not null)
            table.Find("anthropic")!.Source.ShouldBe(expected.StartsWith("env", StringComparison.Ordinal) ? "env" : "vault");
    }

    [Fact]
    public void The_newest_of_several_in_the_vault_counts_and_providers_differ()
    {
        var table = CredentialTable.Build(
            [new("Anthropic", null, []), new("openai", null, [])],
            [Stored("old", "anthropic"), Stored("new", "anthropic"), Stored("other", "openai"), Stored("unused", "groq")],
            _ => null);

        table.Find("anthropic")!.Id.ShouldBe("new");
        table.Find("OPENAI")!.Id.ShouldBe("other");
        table.Find("groq").ShouldBeNull();
        CredentialTable.Empty.Find("anthropic").ShouldBeNull();
    }

    private static ProviderCredential Stored(string id, string provider) =>
        new() { Id = id, Provider = provider, Source = "vault", Secret = Secret.From("key-of-the-vault") };
}
