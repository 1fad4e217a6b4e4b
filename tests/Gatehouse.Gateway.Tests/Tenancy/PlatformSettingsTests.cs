using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Gateway.Tests.Tenancy;

public sealed class PlatformSettingsTests
{
    [Fact]
    public void Nothing_set_is_on_and_opt_in_for_all_models()
    {
        var settings = PlatformSettingRows.Read([], []);

        settings.ProxyEnabled.ShouldBeTrue();
        settings.Default.ShouldBe(ProviderModeDefault.OptIn);
        settings.AllowedModels.ShouldBeNull();
        settings.DefaultModels.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_set_is_read_and_what_belongs_to_others_is_let_be()
    {
        var problems = new List<string>();
        var settings = PlatformSettingRows.Read(
            [
                Row(PlatformSettingRows.ProxyEnabled, "false"),
                Row(PlatformSettingRows.ProviderModeDefault, "\"fallback\""),
                Row(PlatformSettingRows.AllowedModels, """["claude-*","gpt-5"]"""),
                Row(PlatformSettingRows.DefaultModels, """{"claude-code":"claude-sonnet-5"}"""),
                Row("limits.requests", "not of this noun"),
            ],
            problems);

        problems.ShouldBeEmpty();
        settings.ProxyEnabled.ShouldBeFalse();
        settings.Default.ShouldBe(ProviderModeDefault.Fallback);
        settings.AllowedModels!.Value.ShouldBe(["claude-*", "gpt-5"]);
        settings.DefaultModels["claude-code"].ShouldBe("claude-sonnet-5");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("3")]
    [InlineData("\"perhaps\"")]
    [InlineData("[1]")]
    public void A_value_that_can_not_be_read_counts_as_the_strictest_and_is_told(string value)
    {
        foreach (var name in PlatformSettingRows.Names)
        {
            var problems = new List<string>();
            var settings = PlatformSettingRows.Read([Row(name, value)], problems);

            problems.ShouldHaveSingleItem().ShouldContain($"'{name}'");
            settings.ProxyEnabled.ShouldBe(name != PlatformSettingRows.ProxyEnabled);
            settings.Default.ShouldBe(ProviderModeDefault.OptIn);
            if (name == PlatformSettingRows.AllowedModels) settings.AllowedModels!.Value.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData(null, null, ProviderModeDefault.OptIn, ProviderMode.Own)]
    [InlineData(null, null, ProviderModeDefault.Fallback, ProviderMode.Platform)]
    [InlineData(ProviderMode.Platform, null, ProviderModeDefault.OptIn, ProviderMode.Platform)]
    [InlineData(ProviderMode.Own, null, ProviderModeDefault.Fallback, ProviderMode.Own)]
    [InlineData(ProviderMode.Own, ProviderMode.Platform, ProviderModeDefault.OptIn, ProviderMode.Platform)]
    [InlineData(ProviderMode.Platform, ProviderMode.Own, ProviderModeDefault.Fallback, ProviderMode.Own)]
    [InlineData(null, ProviderMode.Own, ProviderModeDefault.Fallback, ProviderMode.Own)]
    public void The_project_says_whose_keys_serve_else_the_user_else_the_platform(
        ProviderMode? user, ProviderMode? project, ProviderModeDefault platform, ProviderMode expected) =>
        PlatformUse.Of(
            new User("u", "u", UserRole.Member, user, default, null),
            new Project("p", "u", "p", project, default),
            PlatformSettings.Initial with { Default = platform }).ShouldBe(expected);

    private static PlatformSettingRow Row(string name, string value) => new(name, value, default, null);
}
