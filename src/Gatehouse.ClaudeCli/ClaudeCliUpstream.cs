using System.Collections.Concurrent;
using System.ComponentModel;
using System.Text.Json;
using Gatehouse.ClaudeCli.Answers;
using Gatehouse.ClaudeCli.Requests;
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
        if (path.SequenceEqual("/v1/models")) return Answered(Models());
        if (!path.SequenceEqual("/v1/messages"))
            return Answered(CliAnswer.Error(new CliFault(404, "not_found_error", "The claude program answers messages only.")));
        if (CliRequest.Read(Whole(request.Body.Span), out var refusal) is not { } asked)
            return Answered(CliAnswer.Error(new CliFault(400, "invalid_request_error", refusal!)));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(request.Provider.Deadlines.FirstByte);
        try
        {
            return Answered(await Of(request).AnswerAsync(asked.For(request.Provider.Program!), request.Caller, limit.Token));
        }
        catch (OperationCanceledException)
        {
            return cancellation.IsCancellationRequested
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

    // A changed definition is a new provider; what runs under the old one ends when its turns have.
    private ClaudeProvider Of(UpstreamRequest request)
    {
        var settings = request.Provider.Program!;
        while (true)
        {
            var known = _providers.GetOrAdd(request.Provider.Name, name => new ClaudeProvider(name, settings, place));
            if (ReferenceEquals(known.Settings, settings)) return known;
            if (_providers.TryUpdate(request.Provider.Name, new ClaudeProvider(request.Provider.Name, settings, place), known)) _ = known.RetireAsync();
        }
    }

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

    private static CliAnswer Models() => CliAnswer.Document(200, JsonSerializer.SerializeToUtf8Bytes(new
    {
        data = CliModels.Listed.Select(name => new { type = "model", id = name, display_name = name, created_at = "2025-01-01T00:00:00Z" }),
        has_more = false,
        first_id = CliModels.Listed[0],
        last_id = CliModels.Listed[^1],
    }));
}
