namespace Gatehouse.Gateway.Upstream;

/// <summary>Sends each attempt to the upstream that its provider is: a host over HTTP, or a program. Thread-safe.</summary>
/// <param name="http">Hosts.</param>
/// <param name="program">Programs; null where none can be run, and then no provider is one.</param>
internal sealed class UpstreamSwitch(IUpstream http, IUpstream? program) : IUpstream
{
    /// <inheritdoc/>
    public ValueTask<UpstreamOutcome> SendAsync(UpstreamRequest request, CancellationToken cancellation) =>
        request.Provider.Program is null ? http.SendAsync(request, cancellation)
        : program is not null ? program.SendAsync(request, cancellation)
        : new(new UpstreamOutcome(null, UpstreamFault.ConnectFailed, "Programs can't be run here."));
}
