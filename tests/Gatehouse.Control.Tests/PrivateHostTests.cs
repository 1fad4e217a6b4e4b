using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Tests;

public sealed class PrivateHostTests
{
    [Theory]
    [InlineData("https://api.example.com/v1", true, true)]
    [InlineData("http://api.example.com/v1", false, false)]
    [InlineData("https://10.0.0.5:8000/v1", false, true)]
    [InlineData("http://10.0.0.5:8000/v1", false, false)]
    [InlineData("https://10.0.0.5:9000/v1", false, false)]
    [InlineData("http://127.0.0.1:8000/v1", false, true)]
    [InlineData("https://llm.internal/v1", true, true)]
    [InlineData("https://LLM.internal/v1", true, true)]
    [InlineData("http://llm.internal/v1", false, false)]
    [InlineData("http://llm.internal.example.com/v1", false, false)]
    [InlineData("http://user@llm.internal/v1", false, false)]
    [InlineData("http://llm.internal:80@api.example.com/v1", false, false)]
    public async Task A_host_in_a_private_network_is_taken_once_the_operator_opened_it(string address, bool closed, bool opened)
    {
        await using var store = await StoreFixture.CreateAsync();
        IReadOnlyCollection<string> hosts = [];
        var editors = new TenantEditors(store.Store, store.Ring, store.Clock, () => hosts);
        await editors.Users.EnsureLocalAsync();
        var user = (await editors.Users.AddAsync(Actor.OfThisMachine, "member", UserRole.Member)).Value!.Id;
        (await TakenAsync(editors, user, "closed", address)).ShouldBe(closed);
        hosts = ["10.0.0.5:8000", "127.0.0.1:8000", "llm.internal"];
        (await TakenAsync(editors, user, "opened", address)).ShouldBe(opened);
    }

    private static async Task<bool> TakenAsync(TenantEditors editors, string user, string name, string address)
    {
        var given = new NewCredential
        {
            Name = name,
            Kind = CredentialKind.OpenAiCompatible,
            Secret = Secret.From("sk-0123456789abcdef"),
            BaseUrl = address,
        };
        var added = await editors.Credentials.AddAsync(new Actor(user, UserRole.Member, Guid.NewGuid(), "127.0.0.1"), given);
        if (added.Value is null) added.Error.ShouldNotBeNull().ShouldNotContain(new Uri(address).Host, Case.Insensitive);
        return added.Value is not null;
    }
}
