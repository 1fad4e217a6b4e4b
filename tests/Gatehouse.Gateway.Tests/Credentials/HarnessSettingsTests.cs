using Gatehouse.Gateway.Credentials;

namespace Gatehouse.Gateway.Tests.Credentials;

public sealed class HarnessSettingsTests
{
    [Fact]
    public void Known_members_are_read_and_others_kept_as_they_are()
    {
        var settings = HarnessSettings.Parse("""{"model":"m","permissionMode":"plan","effort":"high","providerId":"p","providerName":"P","future":{"a":1.50}}""");

        (settings.Model, settings.PermissionMode, settings.Effort, settings.ProviderId, settings.ProviderName).ShouldBe(("m", "plan", "high", "p", "P"));
        settings.ToJson().ShouldBe("""{"model":"m","permissionMode":"plan","effort":"high","providerId":"p","providerName":"P","future":{"a":1.50}}""");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("{}")]
    [InlineData("""{"model":null,"effort":3}""")]
    public void What_can_not_be_read_is_nothing_set(string? json) => HarnessSettings.Parse(json).ToJson().ShouldBe("{}");
}
