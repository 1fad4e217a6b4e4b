using Gatehouse.Control;
using Gatehouse.Control.Runtime;
using Gatehouse.Secrets;

namespace Gatehouse.Runs;

/// <summary>Whether a run may go on.</summary>
internal enum RunState
{
    /// <summary>It may.</summary>
    Good,

    /// <summary>The server could not be asked, or not now.</summary>
    Unknown,

    /// <summary>It may not: its workspace was stopped, or its token revoked.</summary>
    Ended,
}

/// <summary>What a server says of a run.</summary>
/// <param name="State">Whether it may go on.</param>
/// <param name="Why">Why not, for a person; null when it may.</param>
internal readonly record struct RunNews(RunState State, string? Why = null)
{
    /// <summary>It may go on.</summary>
    public static RunNews Good { get; } = new(RunState.Good);
}

/// <summary>A workspace token that was just made. A class, so that nothing prints it.</summary>
/// <param name="id">Its id.</param>
/// <param name="text">What the harness presents.</param>
internal sealed class IssuedToken(Guid id, Secret text)
{
    /// <summary>Its id.</summary>
    public Guid Id => id;

    /// <summary>What the harness presents.</summary>
    public Secret Text => text;
}

/// <summary>
/// The Gatehouse that a run belongs to: the one whose data directory lies on this machine, or another process that is asked over HTTP.
/// Disposed of by the run.
/// </summary>
internal interface IRunServer : IAsyncDisposable
{
    /// <summary>Its address where it is elsewhere; null for the data directory's own.</summary>
    string? Name { get; }

    /// <summary>The token that was made for looking after this run; null when none was.</summary>
    Guid? Runner { get; }

    /// <summary>The id of the workspace that a run belongs to: of an id or name; without one the default one, which is made when there is none.</summary>
    Task<Edited<string>> WorkspaceAsync(string? named, CancellationToken cancellation);

    /// <summary>What a harness is started with in a workspace.</summary>
    Task<Edited<AgentKey>> AssembleAsync(string workspaceId, string harness, CancellationToken cancellation);

    /// <summary>Makes a workspace token for a harness.</summary>
    Task<Edited<IssuedToken>> IssueAsync(string workspaceId, string harness, TimeSpan life, CancellationToken cancellation);

    /// <summary>Moves the end of a workspace token.</summary>
    Task<RunNews> RenewAsync(Guid token, TimeSpan life, CancellationToken cancellation);

    /// <summary>Looks whether a workspace still runs.</summary>
    Task<RunNews> LookAsync(string workspaceId, CancellationToken cancellation);

    /// <summary>Revokes a token. One that is revoked already, or a server that does not answer, is passed over: it expires.</summary>
    Task RevokeAsync(Guid token);

    /// <summary>Takes a login file back that a harness renewed.</summary>
    /// <returns>Why not, for a person; null when it is stored, or need not be.</returns>
    Task<string?> SyncAsync(string workspaceId, string harness, Secret login);
}
