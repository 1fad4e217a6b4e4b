using System.Collections.Frozen;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Tests.Credentials;

public sealed class TenantProvidersTests
{
    private static readonly DateTimeOffset s_then = DateTimeOffset.UnixEpoch.AddYears(50);
    private readonly KeyRing _ring = KeyRing.Open(MasterKey.Generate(), [], TimeProvider.System).Ring!;
    private readonly List<Provider> _forgotten = [];
    private FrozenSet<string> _hosts = FrozenSet<string>.Empty;

    private TenantProviders Providers => field ??= new TenantProviders(() => _hosts, _forgotten.Add);

    [Fact]
    public void A_bare_key_goes_to_the_preset_that_is_sealed_with_it_else_to_its_harnesses()
    {
        var sealedWith = Credential(CredentialKind.ApiKey, provider: "deepseek");
        var provider = Find(sealedWith, sealedWith.Provider)!.Provider;
        var preset = ProviderCatalog.Embedded.FindPreset("deepseek")!;
        provider.Endpoints.Values.Select(e => (e.Dialect, e.BaseAddress, e.Auth)).ShouldBe(preset.Endpoints.Select(e => (e.Dialect, e.BaseAddress, e.Auth)), ignoreOrder: true);
        (provider.Preset, provider.IsTenant, provider.AllowPrivateNetwork, provider.Name).ShouldBe(("deepseek", true, false, "tenant:" + sealedWith.Id));

        var bare = Credential(CredentialKind.ApiKey, "bare");
        Find(bare, "anthropic")!.Provider.Endpoints[Dialect.Anthropic].BaseAddress.ShouldBe(new Uri("https://api.anthropic.com"));
        Find(bare, "openai")!.Provider.Endpoints.ShouldNotContainKey(Dialect.Anthropic);
        Find(bare, null).ShouldBeNull();
        Find(bare, "no-such-preset").ShouldBeNull();
    }

    [Theory]
    [InlineData(CredentialKind.ApiKey, "https://a.example", null)]
    [InlineData(CredentialKind.OpenAiCompatible, null, null)]
    [InlineData(CredentialKind.OpenAiCompatible, "https://a.example", Dialect.Anthropic)]
    [InlineData(CredentialKind.AnthropicCompatible, "https://a.example", Dialect.OpenAiChat)]
    [InlineData(CredentialKind.AnthropicCompatible, null, Dialect.Anthropic)]
    [InlineData(CredentialKind.AnthropicCompatible, "http://a.example", null)]
    [InlineData(CredentialKind.AnthropicCompatible, "https://127.0.0.1", null)]
    public void What_does_not_fit_together_leads_nowhere(CredentialKind kind, string? address, Dialect? dialect) =>
        Find(Credential(kind, address: address, dialect: dialect), "openai").ShouldBeNull();

    [Theory]
    [InlineData("https://api.mistral.ai/v1", "mistral")]
    [InlineData("https://api.mistral.ai/v1/", "mistral")]
    [InlineData("https://api.mistral.ai/v2", null)]
    [InlineData("https://mistral.example/v1", null)]
    public void A_host_that_a_preset_describes_is_treated_as_the_preset_says(string address, string? preset)
    {
        var provider = Find(Credential(CredentialKind.OpenAiCompatible, address: address), null)!.Provider;
        provider.Preset.ShouldBe(preset);
        provider.RequestUsage.ShouldBe(preset is null);
        provider.Endpoints.Keys.ShouldBe([Dialect.OpenAiChat]);
    }

    [Fact]
    public void It_is_made_once_per_revision_and_forgotten_with_its_credential()
    {
        var (first, other) = (Row("one"), Row("two"));
        var table = Table(first, other);
        var made = Find(table, "one")!;
        Find(table, "two").ShouldNotBeNull();
        Find(table, "one").ShouldBeSameAs(made);

        // The same rows loaded again are the same provider, so that its connections are kept.
        Find(Table(first, other), "one").ShouldBeSameAs(made);
        _forgotten.ShouldBeEmpty();

        var replaced = Table(first.Replace(_ring, new CredentialContent { Secret = Secret.From("sk-other"), BaseUrl = new Uri("https://b.example") }, s_then.AddDays(1)), other);
        Find(replaced, "one")!.Provider.Endpoints[Dialect.Anthropic].BaseAddress.ShouldBe(new Uri("https://b.example"));
        _forgotten.ShouldBe([made.Provider]);

        Find(Table(other), "two").ShouldNotBeNull();
        Providers.Count.ShouldBe(1);
        _forgotten.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("https://10.0.0.5:8000", "10.0.0.5", false)]
    [InlineData("https://LLM.internal:8000", "llm.internal", true)]
    public void A_private_host_is_forgotten_when_the_operator_closes_it(string address, string host, bool mayBePublic)
    {
        _hosts = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, host + ":8000");
        var table = Table(Row("one", address));
        var made = Find(table, "one")!;
        made.Provider.AllowPrivateNetwork.ShouldBeTrue();
        _hosts = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, host + ":8000");
        Find(table, "one").ShouldBeSameAs(made);
        _hosts = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, host + ":9000");

        // A name may lead to a public address as well, and to no other from now on.
        (Find(table, "one")?.Provider.AllowPrivateNetwork).ShouldBe(mayBePublic ? false : null);
        _forgotten.ShouldBe([made.Provider]);
    }

    [Fact]
    public void Keys_tell_who_attached_them_and_show_nothing()
    {
        var made = Find(Table(Row("one")), "one")!;
        made.Key(CredentialSource.ProjectAttachment).ShouldBeSameAs(made.Key(CredentialSource.ProjectAttachment));
        (made.Key(CredentialSource.UserAttachment).Owner, made.Key(CredentialSource.UserAttachment).Source).ShouldBe(("user", "user-attachment"));
        (made.Key(CredentialSource.ProjectAttachment).Owner, made.Key(CredentialSource.ProjectAttachment).Source).ShouldBe(("project", "project-attachment"));
        made.Key(CredentialSource.UserAttachment).Secret.Reveal().ShouldBe("sk-one");
        made.Attribution(Dialect.Anthropic, null).ShouldBe("a-example");
        made.Attribution(Dialect.Anthropic, HarnessSettings.None with { ProviderId = "Mine & Co" }).ShouldBe("mine-co");
    }

    private TenantProvider? Find(OpenedCredential credential, string? preset) => Providers.Find(credential, preset, TenantTable.Empty, out _);

    private TenantProvider? Find(TenantTable table, string id) => Providers.Find(table.FindCredential(id)!, null, table, out _);

    private OwnedCredential Row(string id, string address = "https://a.example") => OwnedCredential.Seal(
        _ring, id, "user", id, CredentialKind.AnthropicCompatible, new CredentialContent { Secret = Secret.From("sk-" + id), BaseUrl = new Uri(address) }, s_then);

    private TenantTable Table(params OwnedCredential[] rows) =>
        new([], [], [], PlatformSettings.Initial, new CredentialResolver([], [], [.. rows.Select(row => row.Open(_ring))]));

    private OpenedCredential Credential(CredentialKind kind, string id = "id", string? address = null, Dialect? dialect = null, string? provider = null) => OwnedCredential
        .Seal(
            _ring, id, "user", "name", kind,
            new CredentialContent { Secret = Secret.From("sk-secret"), BaseUrl = address is null ? null : new Uri(address), Dialect = dialect, Provider = provider }, s_then)
        .Open(_ring);
}
