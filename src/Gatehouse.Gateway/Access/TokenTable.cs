using System.Collections.Immutable;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Access;

/// <summary>
/// Every stored token, the expired and revoked ones among them (so that they can be told from unknown ones), keyed by hash. An immutable
/// snapshot, made by whoever loads it and read by every request without a lock.
/// </summary>
internal sealed class TokenTable
{
    private readonly Dictionary<TokenHash, AccessToken> _byHash;
    private Dictionary<Guid, AccessToken>? _byId;

    private TokenTable(Dictionary<TokenHash, AccessToken> byHash, ImmutableArray<StoredToken> added) => (_byHash, Added) = (byHash, added);

    /// <summary>No token at all.</summary>
    public static TokenTable Empty { get; } = new([], []);

    /// <summary>Those that were found in the store one by one since the table was loaded. A load that began before must not lose them.</summary>
    internal ImmutableArray<StoredToken> Added { get; }

    /// <summary>How many tokens there are.</summary>
    public int Count => _byHash.Count;

    /// <summary>Makes a snapshot.</summary>
    public static TokenTable From(IReadOnlyCollection<StoredToken> tokens)
    {
        var byHash = new Dictionary<TokenHash, AccessToken>(tokens.Count);
        foreach (var stored in tokens)
        {
            byHash[stored.Hash] = stored.Token;
        }
        return new TokenTable(byHash, []);
    }

    /// <summary>The token with a hash, or null.</summary>
    public AccessToken? Find(in TokenHash hash) => _byHash.GetValueOrDefault(hash);

    /// <summary>The token of an id, or null. Running answers ask; the index is made when the first does.</summary>
    public AccessToken? FindById(Guid id)
    {
        // Two threads may both make it: they make the same.
        var byId = Volatile.Read(ref _byId);
        if (byId is null)
        {
            byId = new Dictionary<Guid, AccessToken>(_byHash.Count);
            foreach (var token in _byHash.Values) byId[token.Id] = token;
            Volatile.Write(ref _byId, byId);
        }
        return byId.GetValueOrDefault(id);
    }

    /// <summary>
    /// The client token with a name: one that was not revoked before one that was, then the newest. Null when there is none. Looks through
    /// the whole table: not for every request of a busy gateway, but for the few of a person's own machine.
    /// </summary>
    public AccessToken? FindClient(string name)
    {
        AccessToken? found = null;
        foreach (var token in _byHash.Values)
        {
            if (token.Kind == TokenKind.Client && token.Name == name && (found is null || IsBefore(token, found)))
            {
                found = token;
            }
        }
        return found;
    }

    /// <summary>This table with one token more; the same table when it is there already, for what was loaded later is newer.</summary>
    internal TokenTable With(StoredToken stored) => _byHash.ContainsKey(stored.Hash)
        ? this
        : new TokenTable(new Dictionary<TokenHash, AccessToken>(_byHash) { [stored.Hash] = stored.Token }, Added.Add(stored));

    private static bool IsBefore(AccessToken token, AccessToken other) =>
        (token.RevokedAt is null, token.CreatedAt).CompareTo((other.RevokedAt is null, other.CreatedAt)) > 0;
}
