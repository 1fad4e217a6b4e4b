using System.Collections.Immutable;
using Gatehouse.Clients.Setups;
using Gatehouse.Secrets;

namespace Gatehouse.Clients.Overlays;

/// <summary>
/// What one run of a client is started with, beside the person's own settings and stronger than them: none of their files changes. Immutable.
/// Holds the token in clear, in <see cref="Files"/> or <see cref="Set"/> and never in <see cref="Arguments"/>, which every user of the
/// machine may read.
/// </summary>
public sealed record ClientOverlay
{
    /// <summary>Arguments before those of the person.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Environment variables that the run gets.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Set { get; init; } = [];

    /// <summary>Environment variables of the person's that the run does not get, because the client would go by them.</summary>
    public ImmutableArray<string> Unset { get; init; } = [];

    /// <summary>Files to be there before the start, readable by their owner alone.</summary>
    public ImmutableArray<OverlayFile> Files { get; init; } = [];

    /// <summary>Links to be there before the start, each from a path in the run's folder to something of the person's.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Links { get; init; } = [];

    /// <summary>The login file among <see cref="Files"/> that the client renews by itself; null when there is none.</summary>
    public string? Login { get; init; }

    /// <summary>What a person should know although it works.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Why it can't be done, for a person; null when it can.</summary>
    public string? Refusal { get; init; }

    /// <summary>An overlay that can't be made.</summary>
    internal static ClientOverlay Refused(string reason) => new() { Refusal = reason };
}

/// <summary>A file of a run's own.</summary>
/// <param name="Path">Where it goes, in the run's folder.</param>
/// <param name="Content">What it holds.</param>
public sealed record OverlayFile(string Path, string Content);

/// <summary>The vendor's own login, with which a client calls its vendor itself. One of the two is given. A class, so that nothing prints it.</summary>
/// <param name="token">A subscription's token.</param>
/// <param name="file">The content of a login file.</param>
/// <param name="refresh">The address at which the client is to refresh a login file, with what opens it; null for its vendor's.</param>
public sealed class NativeLogin(Secret? token, Secret? file, Secret? refresh = null)
{
    /// <summary>The address at which the client is to refresh a login file, with what opens it; null for its vendor's.</summary>
    public Secret? Refresh => refresh;

    /// <summary>A subscription's token.</summary>
    public Secret? Token => token;

    /// <summary>The content of a login file.</summary>
    public Secret? File => file;
}

/// <summary>What an overlay is made for.</summary>
/// <param name="Setup">Where the client is to call and with what.</param>
/// <param name="Folder">The folder of this run alone, which is removed after it.</param>
/// <param name="Isolated">Whether the client is to see an empty configuration folder instead of the person's.</param>
/// <param name="Arguments">What the person gives the client on its command line.</param>
/// <param name="At">Where the person's settings lie.</param>
public sealed record OverlayRequest(ClientSetup Setup, string Folder, bool Isolated, IReadOnlyList<string> Arguments, Surroundings At);
