using System.Net;
using Gatehouse.Gateway.Access;
using Gatehouse.Secrets;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Tests.Access;

/// <summary>An authenticator over tokens made for a test, with a clock that the test moves and a store that the test scripts.</summary>
internal sealed class AccessFixture
{
    private readonly List<StoredToken> _stored = [];

    public AccessFixture()
    {
        Lookup = new TokenLookup(FindAsync, Tokens, Options, Clock);
        Authenticator = new Authenticator(Tokens, Hasher, Lookup, Options, Clock);
    }

    public MovableClock Clock { get; } = new();

    public TokenHasher Hasher { get; } = KeyRing.Open(MasterKey.Generate(), [], TimeProvider.System).Ring!.TokenHasher;

    public Live<TokenTable> Tokens { get; } = new(TokenTable.Empty);

    public Live<AccessOptions> Options { get; } = new(new AccessOptions());

    public TokenLookup Lookup { get; }

    public Authenticator Authenticator { get; }

    /// <summary>What the store answers to a look-up; that there is no such token, unless told otherwise.</summary>
    public Func<TokenHash, CancellationToken, Task<StoredToken?>> Store { get; set; } = (_, _) => Task.FromResult<StoredToken?>(null);

    public int StoreAsked { get; private set; }

    /// <summary>Makes a token and puts it into the snapshot; its text.</summary>
    public string Add(TokenKind kind = TokenKind.Client, string name = "laptop", Func<AccessToken, AccessToken>? with = null)
    {
        var (text, stored) = Make(kind, name, with);
        _stored.Add(stored);
        Tokens.Swap(TokenTable.From(_stored));
        return text;
    }

    /// <summary>Makes a token that the snapshot does not hold.</summary>
    public (string Text, StoredToken Stored) Make(
        TokenKind kind = TokenKind.Client, string name = "laptop", Func<AccessToken, AccessToken>? with = null)
    {
        var secret = TokenText.Mint(kind);
        var token = new AccessToken { Id = Guid.NewGuid(), Kind = kind, Name = name, CreatedAt = Clock.GetUtcNow() };
        return (secret.Reveal(), new StoredToken(Hasher.Hash(secret.Utf8), with is null ? token : with(token)));
    }

    public async Task<AuthResult> AuthenticateAsync(Action<HttpRequest>? shape = null, string? authorization = null, string? apiKey = null)
    {
        var request = Request();
        if (authorization is not null) request.Headers.Authorization = authorization;
        if (apiKey is not null) request.Headers["x-api-key"] = apiKey;
        shape?.Invoke(request);
        return await Authenticator.AuthenticateAsync(request);
    }

    /// <summary>A POST with JSON from elsewhere.</summary>
    public static HttpRequest Request()
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "POST";
        request.ContentType = "application/json";
        request.HttpContext.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
        return request;
    }

    private Task<StoredToken?> FindAsync(TokenHash hash, CancellationToken cancellation)
    {
        StoreAsked++;
        return Store(hash, cancellation);
    }
}

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class MovableClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public void Move(TimeSpan by) => _now += by;
}
