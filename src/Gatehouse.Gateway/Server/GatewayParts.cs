using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Upstream;
using Gatehouse.Secrets;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Server;

/// <summary>What a server is made of. Whoever opens these parts closes them, after the server.</summary>
public sealed class GatewayParts
{
    /// <summary>The database.</summary>
    public required Store Store { get; init; }

    /// <summary>Opens the vault's rows and hashes tokens.</summary>
    public required KeyRing Keys { get; init; }

    /// <summary>
    /// Reads the master key again when another process added a data key while the server runs; null where that can't happen.
    /// </summary>
    public Func<MasterKey?>? MasterKey { get; init; }

    /// <summary>The configuration in force.</summary>
    public required ConfigSource Configuration { get; init; }

    /// <summary>Where usage is written down.</summary>
    public required Ledger Ledger { get; init; }

    /// <summary>Reads an environment variable: provider keys.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Where the log goes.</summary>
    public required ILoggerFactory Logging { get; init; }

    /// <summary>The folder that everything is kept in.</summary>
    internal string DataDirectory => Store.Directory;

    /// <summary>Makes the upstream that runs programs; null where none can be run. Disposed of with the server.</summary>
    internal Func<GatewayParts, IUpstream>? Programs { get; set; }

    /// <summary>How the providers that are programs are; null where none can be run. Waits for nobody.</summary>
    public Func<IReadOnlyList<ProgramReport>>? ProgramReports { get; set; }

    /// <summary>Makes what serves the administration; null for a server without one.</summary>
    public ControlPlane? Control { get; init; }

    /// <summary>How long the headers of a request may take from their first byte to their last; then it is 408.</summary>
    internal TimeSpan HeadersWithin { get; init; } = KestrelHost.HeadersWithin;

    /// <summary>How long a client may leave unread what is answered in one piece; then its connection is broken off.</summary>
    internal AnswerPatience AnswerPatience { get; init; } = AnswerPatience.Usual;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Opens what is remembered of conversations. Several may be open; each has a memory of its own.</summary>
    internal ReasoningStore OpenReasoning() => new(Store, Keys, Time, Logging.CreateLogger<ReasoningStore>());
}
