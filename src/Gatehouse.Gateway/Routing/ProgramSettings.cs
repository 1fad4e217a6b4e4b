using System.Collections.Immutable;

namespace Gatehouse.Gateway.Routing;

/// <summary>How a provider that is a program on this machine, the vendor's own <c>claude</c>, is run.</summary>
/// <param name="Path">The program: a path, or a name to find on <c>PATH</c>.</param>
/// <param name="WorkingFolder">The folder that it works in; null for a new empty one.</param>
/// <param name="Profiles">The accounts that it can work under; empty for the one that it is logged in with.</param>
/// <param name="DefaultProfile">The account that serves requests that name none as long as it can; null for the one with most headroom.</param>
/// <param name="Concurrency">How many turns may run at once.</param>
/// <param name="MaxProcesses">How many processes may be kept for conversations; each takes about 150 MB.</param>
/// <param name="Warm">How many processes may be started ahead.</param>
/// <param name="Idle">How long a process is kept for a conversation that nobody goes on with.</param>
public sealed record ProgramSettings(
    string Path, string? WorkingFolder, ImmutableArray<ProgramProfile> Profiles, string? DefaultProfile, int Concurrency, int MaxProcesses, int Warm, TimeSpan Idle)
{
    /// <summary>What the program may do without being asked, in its own words (<c>plan</c>, <c>bypassPermissions</c> …); null for its usual.</summary>
    public string? PermissionMode { get; init; }

    /// <summary>The model ids that <c>GET /v1/models</c> lists besides the tiers.</summary>
    public ImmutableArray<string> Models { get; init; } = [];

    /// <summary>How the program's own loop runs; null where the tools are the clients' to run.</summary>
    public ProgramLoop? Loop { get; init; }

    /// <summary>How long a called tool may stay without a result while its process waits for it.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a process serves a conversation at most, however busy it is.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How much memory, in bytes, the kept processes may take together, by what the system says of each.</summary>
    public long Memory { get; init; } = 4L << 30;
}

/// <summary>The program's own loop: it reads, writes and runs commands in the working folder by tools of the gateway's, and the client gets the text.</summary>
/// <param name="Turns">How many answers of the model's one request may take.</param>
/// <param name="HasCommands">Whether commands may be run.</param>
/// <param name="CommandTime">How long one command may take.</param>
public sealed record ProgramLoop(int Turns, bool HasCommands, TimeSpan CommandTime);

/// <summary>An account that a program works under.</summary>
/// <param name="Name">What requests name it by, in <c>x-gatehouse-profile</c>.</param>
/// <param name="ConfigFolder">The folder of the program's settings and login; null for its usual one.</param>
/// <param name="ApiKeyVariable">The environment variable of an API key that it is given; null when it logs in by itself.</param>
/// <param name="TokenVariable">The environment variable of a subscription's long-lived token that it is given; null when it logs in by itself.</param>
/// <param name="BaseUrl">Where it calls the vendor; null for the vendor's own address.</param>
public sealed record ProgramProfile(string Name, string? ConfigFolder, string? ApiKeyVariable, string? TokenVariable, Uri? BaseUrl)
{
    /// <summary>The folder that it works in; null for the program's.</summary>
    public string? WorkingFolder { get; init; }
}
