using Gatehouse.Control;
using Gatehouse.Control.Runtime;
using Gatehouse.Secrets;

namespace Gatehouse.Runs;

/// <summary>
/// A Gatehouse in another process, perhaps on another machine. A runner's token serves as it is, for its own workspace; of a user's token a
/// runner's is made for the run, which is revoked with it. Disposed of by the run.
/// </summary>
internal sealed class RemoteServer(Uri address, Secret token) : IRunServer
{
    private const string Default = "default";
    private const string OfRunners = "ghn_";
    private readonly RemoteCalls _given = new(address, token);
    private RemoteCalls? _made;

    /// <summary>Whether a token is one that can look after a run: a runner's or a user's.</summary>
    public static bool Takes(Secret token) => token.Reveal() is var text && (IsRunners(text) || text.StartsWith("gha_", StringComparison.Ordinal));

    /// <inheritdoc/>
    public string? Name => _given.Origin;

    /// <inheritdoc/>
    public Guid? Runner { get; private set; }

    private RemoteCalls Calls => _made ?? _given;

    /// <inheritdoc/>
    public async Task<Edited<string>> WorkspaceAsync(string? named, CancellationToken cancellation)
    {
        var me = await _given.SendAsync(HttpMethod.Get, "me", null, cancellation);
        if (me.Fault is not null) return Refused<string>(me.Fault);
        if (IsRunners(token.Reveal())) return await OfRunnerAsync(me, named, cancellation);
        var found = await FindAsync(me.Text("user", "id"), named, cancellation);
        if (found.Value is not { } workspace) return found;
        var runner = await _given.SendAsync(HttpMethod.Post, $"workspaces/{Encoded(workspace)}/runner-tokens", null, cancellation);
        if (runner.Text("text") is not { } text || !Guid.TryParse(runner.Text("token", "id"), out var id)) return Refused<string>(runner.Fault ?? Strange);
        (Runner, _made) = (id, new RemoteCalls(address, Secret.From(text)));
        return found;
    }

    /// <inheritdoc/>
    public async Task<Edited<AgentKey>> AssembleAsync(string workspaceId, string harness, CancellationToken cancellation)
    {
        var answer = await Calls.SendAsync(
            HttpMethod.Post, $"workspaces/{Encoded(workspaceId)}/agent-key", json => json.WriteString("harness"u8, harness), cancellation);
        return answer.Fault is null && AgentKeyJson.Read(answer.Body) is { } key ? new Edited<AgentKey>(key, null) : Refused<AgentKey>(answer.Fault ?? Strange);
    }

    /// <inheritdoc/>
    public async Task<Edited<IssuedToken>> IssueAsync(string workspaceId, string harness, TimeSpan life, CancellationToken cancellation)
    {
        var answer = await Calls.SendAsync(
            HttpMethod.Post,
            $"workspaces/{Encoded(workspaceId)}/tokens",
            json =>
            {
                json.WriteString("harness"u8, harness);
                json.WriteNumber("lifetimeSeconds"u8, (int)life.TotalSeconds);
            },
            cancellation);
        return answer.Text("text") is { } text && Guid.TryParse(answer.Text("token", "id"), out var id)
            ? new Edited<IssuedToken>(new IssuedToken(id, Secret.From(text)), null)
            : Refused<IssuedToken>(answer.Fault ?? Strange);
    }

    /// <inheritdoc/>
    public async Task<RunNews> RenewAsync(Guid token, TimeSpan life, CancellationToken cancellation) => News(await Calls.SendAsync(
        HttpMethod.Post, $"tokens/{token}/renew", json => json.WriteNumber("lifetimeSeconds"u8, (int)life.TotalSeconds), cancellation));

    /// <inheritdoc/>
    public async Task<RunNews> LookAsync(string workspaceId, CancellationToken cancellation)
    {
        var answer = await Calls.SendAsync(HttpMethod.Get, $"workspaces/{Encoded(workspaceId)}", null, cancellation);
        return answer.Text("stoppedAt") is null ? News(answer) : new RunNews(RunState.Ended, "The workspace was stopped.");
    }

    /// <inheritdoc/>
    public Task RevokeAsync(Guid token) => _given.SendAsync(HttpMethod.Delete, $"tokens/{token}", null, CancellationToken.None);

    /// <inheritdoc/>
    public async Task<string?> SyncAsync(string workspaceId, string harness, Secret login)
    {
        // What stands in a key's place is no login, whoever wrote it into the file.
        if (AgentKey.IsSentinel(login.Reveal())) return "The file holds the word that stands in a key's place.";
        var answer = await Calls.SendAsync(
            HttpMethod.Post,
            $"workspaces/{Encoded(workspaceId)}/login",
            json =>
            {
                json.WriteString("harness"u8, harness);
                json.WriteString("content"u8, login.Utf8);
            },
            CancellationToken.None);
        return answer.Fault;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Runner is { } runner) await _given.SendAsync(HttpMethod.Delete, $"tokens/{runner}", null, CancellationToken.None);
        _made?.Dispose();
        _given.Dispose();
    }

    private string Strange => $"The server at {_given.Origin} answered with what is no Gatehouse's answer.";

    // A runner has one workspace; one that is named besides must be it.
    private async Task<Edited<string>> OfRunnerAsync(RemoteAnswer me, string? named, CancellationToken cancellation)
    {
        if (me.Text("workspaceId") is not { } own) return Refused<string>(Strange);
        var workspace = await _given.SendAsync(HttpMethod.Get, $"workspaces/{Encoded(own)}", null, cancellation);
        if (workspace.Fault is not null) return Refused<string>(workspace.Fault);
        return named is null || named == own || named == workspace.Text("name")
            ? new Edited<string>(own, null)
            : Refused<string>($"The runner's token is for the workspace '{workspace.Text("name")}', not for '{named}'.");
    }

    private async Task<Edited<string>> FindAsync(string? user, string? named, CancellationToken cancellation)
    {
        var listed = await _given.SendAsync(HttpMethod.Get, "workspaces", null, cancellation);
        if (listed.Fault is not null) return Refused<string>(listed.Fault);
        var running = listed.Items.Where(static one => one.Text("stoppedAt") is null).ToList();
        var found = named is null
            ? running.FindAll(one => one.Text("name") == Default && one.Text("userId") == user)
            : running.FindAll(one => one.Text("id") == named || one.Text("name") == named);
        return found switch
        {
            [var one, ..] when named is null || found.Count == 1 => new Edited<string>(one.Text("id"), null),
            [] when named is null => await AddAsync(user, cancellation),
            [] => Refused<string>($"There is no running workspace '{named}' at {_given.Origin}."),
            _ => Refused<string>($"Several workspaces are called '{named}': name one by its id."),
        };
    }

    private async Task<Edited<string>> AddAsync(string? user, CancellationToken cancellation)
    {
        var listed = await _given.SendAsync(HttpMethod.Get, "projects", null, cancellation);
        var project = listed.Items.FirstOrDefault(one => one.Text("name") == Default && one.Text("ownerId") == user)
            ?? await _given.SendAsync(HttpMethod.Post, "projects", json => json.WriteString("name"u8, Default), cancellation);
        if (project.Text("id") is not { } id) return Refused<string>(project.Fault ?? Strange);
        var added = await _given.SendAsync(
            HttpMethod.Post,
            "workspaces",
            json =>
            {
                json.WriteString("project"u8, id);
                json.WriteString("name"u8, Default);
            },
            cancellation);
        return added.Text("id") is { } workspace ? new Edited<string>(workspace, null) : Refused<string>(added.Fault ?? Strange);
    }

    // A server that is out of order, or restarted, says nothing about the run.
    private static RunNews News(RemoteAnswer answer) => answer.Status switch
    {
        >= 200 and < 300 => RunNews.Good,
        401 or 403 or 404 or 409 => new RunNews(RunState.Ended, answer.Fault),
        _ => new RunNews(RunState.Unknown),
    };

    private static bool IsRunners(string text) => text.StartsWith(OfRunners, StringComparison.Ordinal);

    private static string Encoded(string id) => Uri.EscapeDataString(id);

    private static Edited<T> Refused<T>(string error)
        where T : class => new(null, error, EditRefusal.Invalid);
}
