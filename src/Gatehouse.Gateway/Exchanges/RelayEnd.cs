namespace Gatehouse.Gateway.Exchanges;

/// <summary>How the relaying of an answer came to its end.</summary>
internal enum RelayEnd : byte
{
    /// <summary>The whole answer went to the client.</summary>
    Complete,

    /// <summary>The upstream broke off: reset, or closed in the middle.</summary>
    UpstreamBroke,

    /// <summary>The upstream ended in order, but without the event or bracket that ends an answer.</summary>
    NoTerminal,

    /// <summary>The upstream sent its own error event and ended: the client has it already.</summary>
    ErrorEvent,

    /// <summary>The upstream was silent for longer than its provider allows.</summary>
    IdleTimeout,

    /// <summary>The whole call took longer than its provider allows.</summary>
    TotalTimeout,

    /// <summary>The caller's token was revoked, or expired, while the answer ran.</summary>
    TokenEnded,

    /// <summary>Gatehouse stops, and the time that running answers had is up.</summary>
    Stopping,

    /// <summary>The client went away.</summary>
    ClientGone,

    /// <summary>The client stopped reading for longer than the idle deadline.</summary>
    ClientStalled,
}
