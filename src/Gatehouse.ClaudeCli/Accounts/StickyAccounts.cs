namespace Gatehouse.ClaudeCli.Accounts;

/// <summary>Which account served which conversation last. Bounded: of too many, the half that was not used for the longest time is forgotten. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class StickyAccounts(TimeProvider time)
{
    private const int Most = 10_000;
    private readonly Lock _lock = new();
    private readonly Dictionary<(Guid Token, string Name), (Account Account, long Used)> _accounts = [];

    /// <summary>The account that served a conversation; null when that is not known.</summary>
    public Account? Find((Guid Token, string Name) conversation)
    {
        lock (_lock) return _accounts.TryGetValue(conversation, out var known) ? known.Account : null;
    }

    /// <summary>Remembers it.</summary>
    public void Set((Guid Token, string Name) conversation, Account account)
    {
        lock (_lock)
        {
            if (_accounts.Count >= Most)
            {
                foreach (var old in _accounts.OrderBy(static one => one.Value.Used).Take(Most / 2).Select(static one => one.Key).ToList()) _accounts.Remove(old);
            }

            _accounts[conversation] = (account, time.GetTimestamp());
        }
    }
}
