using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Access;

/// <summary>
/// Tells the log of callers without a good token. They have no row in the ledger, and an agent that is answered 401 may try again for minutes without a word, so
/// the log is where its person looks. Each reason is told at once and then, however often it comes, once per pause: nobody without a token can fill the log.
/// Nothing that a caller sent is told. Owned by the gateway; thread-safe.
/// </summary>
internal sealed partial class RefusedCallers(TimeProvider time, ILogger<RefusedCallers> logger)
{
    /// <summary>How long a reason that was told is only counted.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<AuthOutcome, (long Told, long Since)> _reasons = [];

    /// <summary>Tells of one refused caller, or counts it.</summary>
    public void Tell(in AuthResult refused)
    {
        var now = time.GetTimestamp();
        long untold = 0;
        lock (_lock)
        {
            if (_reasons.TryGetValue(refused.Outcome, out var reason))
            {
                if (time.GetElapsedTime(reason.Told, now) < Pause)
                {
                    _reasons[refused.Outcome] = reason with { Since = reason.Since + 1 };
                    return;
                }

                untold = reason.Since;
            }

            _reasons[refused.Outcome] = (now, 0);
        }

        if (untold == 0) LogRefused(refused.Status, refused.Message);
        else LogRefusedAgain(refused.Status, refused.Message, untold);
    }
}
