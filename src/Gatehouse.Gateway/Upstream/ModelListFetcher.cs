using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Upstream;

/// <summary>A provider's list of models as it sent it.</summary>
/// <param name="Dialect">The dialect that it was asked in.</param>
/// <param name="Pages">The bodies, in order; empty when there is a problem.</param>
/// <param name="Problem">Why there is no list, in words without secrets; null when there is one.</param>
internal sealed record ModelListAnswer(Dialect Dialect, ImmutableArray<ReadOnlyMemory<byte>> Pages, string? Problem);

/// <summary>
/// Asks a provider which models it has: <c>GET …/v1/models</c> page by page in the Anthropic dialect, <c>GET …/models</c> in the OpenAI ones.
/// It reads no more of the answer than what leads to the next page. Stateless and thread-safe; runs off the request path.
/// </summary>
internal sealed class ModelListFetcher(IUpstream upstream)
{
    /// <summary>Of all pages together; the longest public list is below 2 MB.</summary>
    private const int MostBytes = 8 * 1024 * 1024;

    private const int MostPages = 50;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Fetches the list. A provider that speaks an OpenAI dialect is asked in that one: hosts that speak several often have no list under
    /// the Anthropic address.
    /// </summary>
    public async Task<ModelListAnswer> FetchAsync(Provider provider, ProviderCredential? credential, CancellationToken cancellation)
    {
        var dialect = Choose(provider);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bounded.CancelAfter(Deadline);
        try
        {
            return await FetchAsync(provider, dialect, credential, bounded.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failed(dialect, "The list did not arrive within 30 s.");
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return Failed(dialect, "The connection broke off.");
        }
        catch (JsonException)
        {
            return Failed(dialect, "The answer is not a JSON object.");
        }
    }

    private async Task<ModelListAnswer> FetchAsync(
        Provider provider, Dialect dialect, ProviderCredential? credential, CancellationToken cancellation)
    {
        var pages = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        var left = MostBytes;
        string? after = null;
        do
        {
            var (page, problem) = await PageAsync(Request(provider, dialect, credential, after), left, cancellation);
            if (page is null) return Failed(dialect, problem!);
            pages.Add(page);
            left -= page.Length;
            after = Next(page, after);
        }
        while (dialect == Dialect.Anthropic && after is not null && pages.Count < MostPages);
        return new(dialect, pages.ToImmutable(), null);
    }

    private async Task<(byte[]? Page, string? Problem)> PageAsync(UpstreamRequest request, int most, CancellationToken cancellation)
    {
        var outcome = await upstream.SendAsync(request, cancellation);
        await using var answer = outcome.Answer;
        cancellation.ThrowIfCancellationRequested();
        if (answer is null) return (null, outcome.Detail ?? outcome.Fault.ToString());
        if (answer.Status != StatusCodes.Status200OK) return (null, $"The provider answered {answer.Status}.");
        if (answer.ContentEncoding is not null) return (null, "The answer is compressed though it was not asked to be.");
        var body = new ArrayBufferWriter<byte>();
        for (int read; (read = await answer.Body.ReadAsync(body.GetMemory(16 * 1024), cancellation)) > 0;)
        {
            if (body.WrittenCount + read > most) return (null, "The list is longer than 8 MB.");
            body.Advance(read);
        }

        return (body.WrittenSpan.ToArray(), null);
    }

    /// <summary>The question for the first page.</summary>
    public static UpstreamRequest Question(Provider provider, ProviderCredential? credential) => Request(provider, Choose(provider), credential, null);

    private static UpstreamRequest Request(Provider provider, Dialect dialect, ProviderCredential? credential, string? after)
    {
        var headers = new HeaderDictionary { ["accept"] = "application/json", ["user-agent"] = "gatehouse" };
        if (dialect == Dialect.Anthropic) headers["anthropic-version"] = "2023-06-01";
        var path = dialect != Dialect.Anthropic ? "/models"
            : after is null ? "/v1/models?limit=1000"
            : "/v1/models?limit=1000&after_id=" + Uri.EscapeDataString(after);
        return new UpstreamRequest
        {
            Provider = provider,
            Dialect = dialect,
            Method = "GET",
            PathAndQuery = path,
            ClientHeaders = CallerHeaders.Of(headers),
            Body = default,
            Credential = credential,
            AcceptEncoding = "identity",
        };
    }

    // Null at the end, and when the provider names the same page again.
    private static string? Next(byte[] page, string? after)
    {
        var reader = new Utf8JsonReader(page);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        var more = false;
        string? last = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMore = reader.ValueTextEquals("has_more"u8);
            var isLast = reader.ValueTextEquals("last_id"u8);
            reader.Read();
            if (isMore) more = reader.TokenType == JsonTokenType.True;
            else if (isLast && reader.TokenType == JsonTokenType.String) last = reader.GetString();
            else reader.Skip();
        }

        return more && last != after ? last : null;
    }

    private static Dialect Choose(Provider provider) =>
        provider.Endpoints.ContainsKey(Dialect.OpenAiChat) ? Dialect.OpenAiChat
        : provider.Endpoints.ContainsKey(Dialect.OpenAiResponses) ? Dialect.OpenAiResponses
        : Dialect.Anthropic;

    private static ModelListAnswer Failed(Dialect dialect, string problem) => new(dialect, [], problem);
}
