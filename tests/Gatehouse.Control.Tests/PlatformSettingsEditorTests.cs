using Gatehouse.Gateway.Tenancy;
using static Gatehouse.Control.Tests.TenantFixture;

namespace Gatehouse.Control.Tests;

public sealed class PlatformSettingsEditorTests : IAsyncLifetime
{
    private TenantFixture _fixture = null!;

    private PlatformSettingsEditor Settings => _fixture.Editors.Settings;

    public async ValueTask InitializeAsync() => _fixture = await TenantFixture.CreateAsync();

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task What_is_set_is_in_force_with_who_set_it()
    {
        Ok(await Settings.SetProxyEnabledAsync(_fixture.Admin, false));
        Ok(await Settings.SetDefaultModeAsync(_fixture.Admin, ProviderModeDefault.Fallback));
        Ok(await Settings.SetAllowedModelsAsync(_fixture.Admin, [" claude-* ", "", "gpt-5", "gpt-5"]));
        Ok(await Settings.SetDefaultModelAsync(_fixture.Admin, "codex", "gpt-5"));
        var inForce = Ok(await Settings.SetDefaultModelAsync(_fixture.Admin, "claude", "claude-sonnet-5"));

        inForce.Rows.ShouldAllBe(row => row.UpdatedBy == "local" && row.UpdatedAt == _fixture.Store.Clock.GetUtcNow());
        var settings = (await _fixture.TableAsync()).Settings;
        (settings.ProxyEnabled, settings.Default).ShouldBe((false, ProviderModeDefault.Fallback));
        settings.AllowedModels!.Value.ShouldBe(["claude-*", "gpt-5"]);
        settings.DefaultModels.OrderBy(pair => pair.Key).ShouldBe([new("claude-code", "claude-sonnet-5"), new("openai-codex", "gpt-5")]);
    }

    [Fact]
    public async Task A_setting_is_put_back()
    {
        Ok(await Settings.SetAllowedModelsAsync(_fixture.Admin, []));
        (await _fixture.TableAsync()).Settings.AllowedModels!.Value.ShouldBeEmpty();
        Ok(await Settings.SetDefaultModelAsync(_fixture.Admin, "codex", "gpt-5"));
        Ok(await Settings.SetDefaultModelAsync(_fixture.Admin, "codex", null)).Settings.DefaultModels.ShouldBeEmpty();

        Ok(await Settings.ResetAsync(_fixture.Admin, PlatformSettingRows.AllowedModels)).Settings.AllowedModels.ShouldBeNull();
        (await Settings.ResetAsync(_fixture.Admin, "vault.rotation")).Refusal.ShouldBe(EditRefusal.NotFound);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        (await Settings.SetDefaultModelAsync(_fixture.Admin, "no-such", "m")).Refusal.ShouldBe(EditRefusal.Invalid);
        (await Settings.SetDefaultModelAsync(_fixture.Admin, "codex", " ")).Refusal.ShouldBe(EditRefusal.Invalid);
        (await Settings.SetAllowedModelsAsync(_fixture.Admin, [.. Enumerable.Range(0, 1001).Select(i => $"m{i}")])).Refusal.ShouldBe(EditRefusal.Invalid);
    }
}
