using Gatehouse.Gateway.Access;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Tests.Access;

public sealed class AuthenticatorTests
{
    private readonly AccessFixture _access = new();
    private readonly Dictionary<string, string> _texts = [];

    public AuthenticatorTests()
    {
        var now = _access.Clock.GetUtcNow();
        _texts["good"] = _access.Add(name: "good");
        _texts["service"] = _access.Add(TokenKind.Service, "service");
        _texts["workspace"] = _access.Add(TokenKind.Workspace, "workspace");
        _texts["runner"] = _access.Add(TokenKind.Runner, "runner");
        _texts["admin"] = _access.Add(TokenKind.Admin, "admin");
        _texts["expired"] = _access.Add(name: "expired", with: token => token with { ExpiresAt = now });
        _texts["ending"] = _access.Add(name: "ending", with: token => token with { ExpiresAt = now.AddTicks(1) });
        _texts["revoked"] = _access.Add(name: "revoked", with: token => token with { RevokedAt = now, ExpiresAt = now.AddDays(1) });
        _texts["scopeless"] = _access.Add(name: "scopeless", with: token => token with { Scopes = TokenScopes.Metrics });
        _texts["absent"] = _access.Make().Text;
        _texts["cut"] = _texts["good"][..^1];
        _texts["longer"] = _texts["good"] + "x";
        _texts["mistyped"] = _texts["good"][..20] + (_texts["good"][20] == 'a' ? 'b' : 'a') + _texts["good"][21..];
        _texts["upper"] = "GHC_" + _texts["good"][4..];
        _texts["vendor"] = "sk-ant-api03-0123456789abcdefghijklmnopqrstuvwxyz";
        _texts["github"] = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
    }

    /// <summary>The oracle: what is presented in each header, {name} standing for a token made above, and what must come of it.</summary>
    public static TheoryData<string?, string?, AuthOutcome> Forms => new()
    {
        { "Bearer {good}", null, AuthOutcome.Ok },
        { "bearer {good}", null, AuthOutcome.Ok },
        { "BEARER {good}", null, AuthOutcome.Ok },
        { "  Bearer    {good}   ", null, AuthOutcome.Ok },
        { "Bearer\t{good}", null, AuthOutcome.Ok },
        { null, "{good}", AuthOutcome.Ok },
        { null, " {good} ", AuthOutcome.Ok },
        { "Bearer {good}", "{good}", AuthOutcome.Ok },
        { "Bearer {good}", "unused", AuthOutcome.Ok },
        { "Bearer unused", "{good}", AuthOutcome.Ok },
        { "Bearer {good}", "{vendor}", AuthOutcome.Ok },
        { "Bearer {vendor}", "{good}", AuthOutcome.Ok },
        { "Bearer {good}", "{cut}", AuthOutcome.Ok },
        { "Bearer {mistyped}", "{good}", AuthOutcome.Ok },
        { "Bearer {good}", "", AuthOutcome.Ok },
        { "Basic dXNlcjpwYXNz", "{good}", AuthOutcome.Ok },
        { "Bearer {service}", null, AuthOutcome.Ok },
        { "Bearer {workspace}", null, AuthOutcome.Ok },
        { "Bearer {ending}", null, AuthOutcome.Ok },
        { null, null, AuthOutcome.Missing },
        { "", "", AuthOutcome.Missing },
        { "Bearer", null, AuthOutcome.Missing },
        { "Bearer ", null, AuthOutcome.Missing },
        { "{good}", null, AuthOutcome.Missing },
        { "Bearer{good}", null, AuthOutcome.Missing },
        { "Basic {good}", null, AuthOutcome.Missing },
        { "Bearer unused", null, AuthOutcome.Unknown },
        { null, "{vendor}", AuthOutcome.Unknown },
        { "Bearer {github}", null, AuthOutcome.Unknown },
        { "Bearer {upper}", null, AuthOutcome.Unknown },
        { "Bearer {absent}", null, AuthOutcome.Unknown },
        { "Bearer g", "gh", AuthOutcome.Unknown },
        { "Bearer {cut}", null, AuthOutcome.Malformed },
        { "Bearer {longer}", null, AuthOutcome.Malformed },
        { "Bearer {mistyped}", null, AuthOutcome.Malformed },
        { "Bearer ghc_", null, AuthOutcome.Malformed },
        { "Bearer {good} {good}", null, AuthOutcome.Malformed },
        { "Bearer unused", "{cut}", AuthOutcome.Malformed },
        { "Bearer {cut}", "unused", AuthOutcome.Malformed },
        { "Bearer {expired}", null, AuthOutcome.Expired },
        { "Bearer {revoked}", null, AuthOutcome.Revoked },
        { "Bearer {runner}", null, AuthOutcome.WrongKind },
        { "Bearer {admin}", null, AuthOutcome.WrongKind },
        { "Bearer {scopeless}", null, AuthOutcome.WrongScope },
        { "Bearer {good}", "{service}", AuthOutcome.TwoTokens },
        { "Bearer {good}", "{absent}", AuthOutcome.TwoTokens },
        { "Bearer {revoked}", "{good}", AuthOutcome.TwoTokens },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Each_form_of_headers_has_its_outcome(string? authorization, string? apiKey, AuthOutcome expected)
    {
        var result = await _access.AuthenticateAsync(null, Fill(authorization), Fill(apiKey));

        result.Outcome.ShouldBe(expected);
        result.IsOk.ShouldBe(expected == AuthOutcome.Ok);
        result.Status.ShouldBe(expected switch
        {
            AuthOutcome.Ok => 200,
            AuthOutcome.WrongKind or AuthOutcome.WrongScope => 403,
            _ => 401,
        });
        (result.Message.Length == 0).ShouldBe(result.IsOk);
        foreach (var text in _texts.Values)
        {
            result.Message.ShouldNotContain(text[4..]);
        }
    }

    [Fact]
    public async Task The_api_key_header_is_not_accepted()
    {
        var result = await _access.AuthenticateAsync(request => request.Headers["api-key"] = _texts["good"]);

        result.Outcome.ShouldBe(AuthOutcome.Missing);
    }

    [Fact]
    public async Task The_same_header_twice_counts_like_two_headers()
    {
        var both = await _access.AuthenticateAsync(
            request => request.Headers.Authorization = new([$"Bearer {_texts["good"]}", $"Bearer {_texts["service"]}"]));
        var placeholder = await _access.AuthenticateAsync(request => request.Headers["x-api-key"] = new(["unused", _texts["good"]]));

        both.Outcome.ShouldBe(AuthOutcome.TwoTokens);
        placeholder.Outcome.ShouldBe(AuthOutcome.Ok);
    }

    [Fact]
    public async Task The_identity_is_that_of_the_token_presented()
    {
        var good = await _access.AuthenticateAsync(null, $"Bearer {_texts["good"]}");
        var service = await _access.AuthenticateAsync(null, null, _texts["service"]);

        good.Token!.Name.ShouldBe("good");
        service.Token!.Kind.ShouldBe(TokenKind.Service);
        _access.StoreAsked.ShouldBe(0);
    }

    [Fact]
    public async Task A_token_expires_at_its_instant()
    {
        (await _access.AuthenticateAsync(null, $"Bearer {_texts["ending"]}")).Outcome.ShouldBe(AuthOutcome.Ok);

        _access.Clock.Move(TimeSpan.FromTicks(1));

        (await _access.AuthenticateAsync(null, $"Bearer {_texts["ending"]}")).Outcome.ShouldBe(AuthOutcome.Expired);
    }

    [Theory]
    [InlineData("scopeless", AuthOutcome.Ok)]
    [InlineData("good", AuthOutcome.WrongScope)]
    [InlineData("workspace", AuthOutcome.WrongKind)]
    public async Task Another_door_asks_for_its_own_scope(string name, AuthOutcome expected)
    {
        var request = AccessFixture.Request();
        request.Headers.Authorization = $"Bearer {_texts[name]}";

        var result = await _access.Authenticator.AuthenticateAsync(request, TokenScopes.Metrics);

        result.Outcome.ShouldBe(expected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Authenticating_stays_within_its_allocation_budget(bool remembered)
    {
        var request = AccessFixture.Request();
        request.Headers.Authorization = $"Bearer {_texts["good"]}";
        if (!remembered) request.Headers["x-api-key"] = "unused";
        for (var i = 0; i < 100; i++) Once();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++) Once();

        ((GC.GetAllocatedBytesForCurrentThread() - before) / 1000).ShouldBeLessThanOrEqualTo(AllocationBudget.Of("authenticate"));

        void Once()
        {
            var pending = _access.Authenticator.AuthenticateAsync(request);
            if (!pending.IsCompletedSuccessfully || pending.GetAwaiter().GetResult().Outcome != AuthOutcome.Ok)
            {
                throw new InvalidOperationException("A known token must be accepted at once.");
            }
        }
    }

    private string? Fill(string? form)
    {
        foreach (var (name, text) in _texts)
        {
            form = form?.Replace($"{{{name}}}", text, StringComparison.Ordinal);
        }
        return form;
    }
}
