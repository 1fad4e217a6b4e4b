using Gatehouse.Catalog;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Credentials;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Configuration;

public sealed class VaultProvidersTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gatehouse-vault-").FullName;
    private ConfigSource _source = null!;

    public ValueTask InitializeAsync()
    {
        (var source, var problems) = ConfigSource.Open(
            new ConfigInputs { DataDirectory = _directory }, TimeProvider.System, NullLogger<ConfigSource>.Instance);
        problems.ShouldBeEmpty();
        _source = source!;
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_key_in_the_vault_brings_its_preset_in_and_a_removed_one_takes_it_out()
    {
        var told = 0;
        using var following = _source.OnChange(_ => told++);
        _source.Current.Providers.ShouldBeEmpty();

        _source.SetVaultProviders(["OpenAI"]);
        var provider = _source.Current.Providers.ShouldHaveSingleItem();
        provider.Name.ShouldBe("openai");
        provider.Source.ShouldBe("vault");
        _source.Current.Routes.Match("gpt-5").Found.ShouldBeTrue();
        told.ShouldBe(1);

        _source.SetVaultProviders(["openai"]);
        told.ShouldBe(1);
        _source.SetVaultProviders([]);
        _source.Current.Providers.ShouldBeEmpty();
        told.ShouldBe(2);
    }

    [Fact]
    public async Task A_key_that_comes_while_the_file_is_away_for_a_moment_counts_when_that_is_back()
    {
        var file = Path.Combine(_directory, "gatehouse.json");
        await File.WriteAllTextAsync(file, "{}");
        _source.Poll().ShouldBeTrue();
        File.Delete(file);
        _source.SetVaultProviders(["openai"]);
        _source.Current.Providers.ShouldBeEmpty("the rules of a file that is away must not turn into defaults");
        await File.WriteAllTextAsync(file, "{}");
        _source.Poll().ShouldBeTrue();
        _source.Current.Providers.ShouldHaveSingleItem().Name.ShouldBe("openai");
    }

    [Fact]
    public void A_name_that_is_no_preset_and_a_preset_without_an_address_bring_nothing_in()
    {
        _source.SetVaultProviders(["nobody", "openai-compatible"]);
        _source.Current.Providers.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{ "preset": "openai" }""", null, "OPENAI_API_KEY")]
    [InlineData("""{ "preset": "openai", "apiKeyEnv": "OPENAI_API_KEY" }""", "OPENAI_API_KEY", "")]
    [InlineData(
        """{ "preset": "openai", "apiKeyEnv": "MY_KEY", "endpoints": { "openai-chat": "https://other.example/v1" } }""", "MY_KEY", "")]
    [InlineData("""{ "preset": "openai", "endpoints": { "openai-chat": "https://other.example/v1" } }""", null, "")]
    public void A_presets_variable_serves_only_the_presets_own_address(string provider, string? named, string preset)
    {
        var config = ConfigLoader.Parse(
            System.Text.Encoding.UTF8.GetBytes($$"""{ "providers": { "p": {{provider}} } }"""),
                new ConfigInputs { DataDirectory = _directory });
        config.Problems.ShouldBeEmpty();
        var source = ProviderKeySources.Of(config.Config!.Providers, ProviderCatalog.Embedded).ShouldHaveSingleItem();
        source.ApiKeyEnv.ShouldBe(named);
        string.Join(",", source.PresetEnv).ShouldBe(preset);
    }
}
