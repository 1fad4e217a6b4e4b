using Gatehouse.Clients;
using Gatehouse.Clients.Reports;
using Gatehouse.Gateway.Access;
using Gatehouse.Installations;
using Gatehouse.Secrets;

namespace Gatehouse.Integrations;

/// <summary>A token that a client presents.</summary>
/// <param name="Text">The token.</param>
/// <param name="Token">What it stands for; null when it is not one of this installation's, but was given by a person.</param>
/// <param name="IsNew">Whether it was made just now.</param>
internal sealed record ClientToken(Secret Text, AccessToken? Token, bool IsNew);

/// <summary>Finds and makes the tokens of clients. Texts are compared by their keyed hash, which is all that is stored of them.</summary>
internal sealed class ClientTokens(Installation installation)
{
    private IReadOnlyList<StoredToken>? _stored;

    /// <summary>The first of several texts that is a token in force, or null.</summary>
    public async Task<ClientToken?> ValidAsync(IEnumerable<Secret> texts, CancellationToken cancellation)
    {
        _stored ??= await new AccessStore(installation.Store).LoadAsync(cancellation);
        var now = TimeProvider.System.GetUtcNow();
        foreach (var text in texts)
        {
            var hash = installation.Keys.TokenHasher.Hash(text.Utf8);
            var token = _stored.FirstOrDefault(stored => stored.Hash == hash)?.Token;
            if (token is not { RevokedAt: null, Kind: TokenKind.Client or TokenKind.Service } || token.ExpiresAt <= now) continue;
            return new ClientToken(text, token, false);
        }

        return null;
    }

    /// <summary>Makes a token named for a client.</summary>
    /// <exception cref="InvalidOperationException">The name is refused, which a client's id never is.</exception>
    public async Task<ClientToken> MakeAsync(Client client, DateTimeOffset? expires, CancellationToken cancellation)
    {
        var made = await installation.Tokens.CreateAsync(client.Id, expires: expires, cancellation: cancellation);
        return made.Value is { } minted ? new ClientToken(minted.Text, minted.Token, true) : throw new InvalidOperationException(made.Error);
    }

    /// <summary>Revokes a token that is not needed any more; false when it is revoked already or unknown here.</summary>
    public async Task<bool> RevokeAsync(Guid id, CancellationToken cancellation) =>
        (await installation.Tokens.RevokeAsync(id.ToString(), cancellation)).Value is not null;

    /// <summary>The credentials of a settings file whose text is known.</summary>
    public static IEnumerable<Secret> In(FoundFile? file) => file?.Settings.Credentials.Select(credential => credential.Text).OfType<Secret>() ?? [];
}
