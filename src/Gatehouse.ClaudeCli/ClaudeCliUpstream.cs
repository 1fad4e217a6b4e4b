using System.Collections.Concurrent;
using System.ComponentModel;
using Gatehouse.ClaudeCli.Answers;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.ClaudeCli;

/// <summary>
/// Answers attempts by the <c>claude</c> program: Messages in, the vendor's own events out. Each provider that is such a program has processes, slots and conversations
/// of its own. Thread-safe; disposing of it ends every process.
/// </summary>
internal sealed class ClaudeCliUpstream(ProgramPlace place) : IUpstream, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ClaudeProvider> _providers = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public async ValueTask<UpstreamOutcome> SendAsync(UpstreamRequest request, CancellationToken cancellation)
    {
        var path = request.PathAndQuery.AsSpan();
        if (path.IndexOf('?') is var query and >= 0) path = path[..query];
        if (path.SequenceEqual("/v1/models")) return Answered(CliAnswer.Document(200, CliModels.Document(request.Provider.Program!.Models)));
        if (!path.SequenceEqual("/v1/messages"))
            return Answered(CliAnswer.Error(new CliFault(404, "not_found_error", "The claude program answers messages only.")));
        if (CliRequest.Read(Whole(request.Body.Span), out var refusal) is not { } asked)
            return Answered(CliAnswer.Error(new CliFault(400, "invalid_request_error", refusal!)));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, request.GiveUp);
        limit.CancelAfter(request.Provider.Deadlines.FirstByte);
        try
        {
            return Answered(await Of(request.Provider).AnswerAsync(asked.For(request.Provider.Program!), request.Caller, limit.Token));
        }
        catch (OperationCanceledException)
        {
            return cancellation.IsCancellationRequested || request.GiveUp.IsCancellationRequested
                ? new UpstreamOutcome(null, UpstreamFault.Cancelled, "The caller ended the call.")
                : new UpstreamOutcome(null, UpstreamFault.Timeout, "The claude program did not begin to answer in time.");
        }
        catch (Win32Exception e)
        {
            return new UpstreamOutcome(null, UpstreamFault.ConnectFailed, $"The claude program can't be started: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_providers.Values.Select(provider => provider.DisposeAsync().AsTask()));
        await place.Store.FlushAsync();
    }

    /// <summary>How the programs among these providers are. Begins looks, waits for none.</summary>
    public IReadOnlyList<ProgramReport> Report(IEnumerable<Provider> providers) =>
        [.. providers.Where(static provider => provider.Program is not null).Select(provider => Of(provider).Report(provider.Name))];

    // A changed definition is a new provider; what runs under the old one ends when its turns have.
    private ClaudeProvider Of(Provider provider)
    {
        while (true)
        {
            if (!_providers.TryGetValue(provider.Name, out var known))
            {
                var first = Make(provider);
                if (_providers.TryAdd(provider.Name, first)) return first;
                _ = first.RetireAsync();
                continue;
            }

            if (ReferenceEquals(known.Settings, provider.Program)) return known;
            var next = Make(provider);
            _ = (_providers.TryUpdate(provider.Name, next, known) ? known : next).RetireAsync();
        }
    }

    private ClaudeProvider Make(Provider provider) => new(provider.Name, provider.Program!, place);

    private static UpstreamOutcome Answered(UpstreamAnswer answer) => new(answer, UpstreamFault.None, null);

    private static byte[] Whole(ReadOnlySpan<ReadOnlyMemory<byte>> pieces)
    {
        var length = 0;
        foreach (var piece in pieces) length += piece.Length;
        var whole = new byte[length];
        var at = 0;
        foreach (var piece in pieces)
        {
            piece.Span.CopyTo(whole.AsSpan(at));
            at += piece.Length;
        }

        return whole;
    }
}
