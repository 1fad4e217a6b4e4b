using System.Collections.Frozen;
using System.Text;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Tests.Upstream;

public sealed class ModelListFetcherTests
{
    [Fact]
    public async Task Anthropics_list_is_read_page_by_page()
    {
        await using var server = new RawUpstream(async connection =>
        {
            while (await connection.ReadRequestAsync() is { } request)
            {
                await connection.WriteAsync(Json(request.RequestLine.Contains("after_id", StringComparison.Ordinal)
                    ? """{"data":[{"id":"c"}],"has_more":false,"last_id":"c"}"""
                    : """{"data":[{"id":"a","has_more":true,"last_id":"x"}],"has_more":true,"last_id":"a&b"}"""));
            }
        });

        var answer = await FetchAsync(server.Address, Dialect.Anthropic);

        answer.Problem.ShouldBeNull();
        answer.Dialect.ShouldBe(Dialect.Anthropic);
        answer.Pages.Select(p => Encoding.UTF8.GetString(p.Span)).ShouldBe([
            """{"data":[{"id":"a","has_more":true,"last_id":"x"}],"has_more":true,"last_id":"a&b"}""",
            """{"data":[{"id":"c"}],"has_more":false,"last_id":"c"}"""]);
        var seen = server.Connections.Single().Requests;
        seen.Select(r => r.RequestLine).ShouldBe(["GET /v1/models?limit=1000 HTTP/1.1", "GET /v1/models?limit=1000&after_id=a%26b HTTP/1.1"]);
        seen[0]["x-api-key"].ShouldBe(Calls.Key);
        seen[0]["anthropic-version"].ShouldBe("2023-06-01");
    }

    [Fact]
    public async Task Openais_list_is_one_page_and_preferred_where_both_are_spoken()
    {
        await using var server = RawUpstream.Answering(Json("""{"object":"list","data":[],"has_more":true,"last_id":"x"}"""));

        var answer = await FetchAsync(server.Address + "/v1", Dialect.Anthropic, Dialect.OpenAiResponses);

        answer.Dialect.ShouldBe(Dialect.OpenAiResponses);
        answer.Pages.Length.ShouldBe(1);
        server.Connections.Single().Requests.Single().RequestLine.ShouldBe("GET /v1/models HTTP/1.1");
    }

    [Theory]
    [InlineData("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n", "The provider answered 401.")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>", "The answer is not a JSON object.")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]", "The answer is not a JSON object.")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}", "The answer is compressed though it was not asked to be.")]
    public async Task What_is_no_list_is_a_problem_in_words(string reply, string problem)
    {
        await using var server = RawUpstream.Answering(reply);

        var answer = await FetchAsync(server.Address, Dialect.OpenAiChat);

        answer.Problem.ShouldBe(problem);
        answer.Pages.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_list_without_end_is_given_up()
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n{");
            var block = new string(' ', 1 << 20);
            for (var i = 0; i < 20; i++) await connection.WriteAsync(block);
        });

        var answer = await FetchAsync(server.Address, Dialect.OpenAiChat);

        answer.Problem.ShouldBe("The list is longer than 8 MB.");
    }

    [Fact]
    public async Task A_list_that_breaks_off_is_a_problem()
    {
        await using var server = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{");
            connection.Close();
        });

        (await FetchAsync(server.Address, Dialect.OpenAiChat)).Problem.ShouldBe("The connection broke off.");
    }

    [Fact]
    public async Task An_answer_that_comes_when_it_is_no_longer_wanted_is_given_back()
    {
        using var leaving = new CancellationTokenSource();
        var late = new LateUpstream(leaving);
        await Should.ThrowAsync<OperationCanceledException>(
            () => new ModelListFetcher(late).FetchAsync(Calls.Provider("http://127.0.0.1:1"), null, leaving.Token));
        late.Answer.IsOver.ShouldBeTrue();
    }

    [Fact]
    public async Task So_it_is_where_a_key_is_asked_about()
    {
        using var leaving = new CancellationTokenSource();
        var late = new LateUpstream(leaving);
        var probe = new KeyProbe(late, static () => [], static _ => Calls.Provider("http://127.0.0.1:1"), static _ => { }).Probes;
        await Should.ThrowAsync<OperationCanceledException>(() => probe.OfPlatform(Calls.Credential(), leaving.Token));
        late.Answer.IsOver.ShouldBeTrue();
    }

    private static string Json(string body) => $"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}";

    private static async Task<ModelListAnswer> FetchAsync(string address, params Dialect[] dialects)
    {
        using var upstream = Calls.Upstream(Way.OwnConnections);
        var provider = new Provider
        {
            Name = "local",
            Source = "file",
            AllowPrivateNetwork = true,
            Endpoints = dialects.ToFrozenDictionary(d => d, d => new ProviderEndpoint(d, new Uri(address), AuthStyle.XApiKey)),
        };
        return await new ModelListFetcher(upstream).FetchAsync(provider, Calls.Credential(), CancellationToken.None);
    }

    /// <summary>Its caller leaves at the moment that it answers.</summary>
    private sealed class LateUpstream(CancellationTokenSource leaving) : IUpstream
    {
        public LateAnswer Answer { get; } = new();

        public async ValueTask<UpstreamOutcome> SendAsync(UpstreamRequest request, CancellationToken cancellation)
        {
            await leaving.CancelAsync();
            return new UpstreamOutcome(Answer, UpstreamFault.None, null);
        }
    }

    private sealed class LateAnswer : UpstreamAnswer
    {
        public bool IsOver { get; private set; }

        public override int Status => 200;

        public override string? MediaType => null;

        public override string? ContentEncoding => null;

        public override long? ContentLength => 0;

        public override string? RequestId => null;

        public override Stream Body => Stream.Null;

        public override void CopyHeadersTo(IHeaderDictionary headers)
        {
        }

        public override ValueTask DisposeAsync()
        {
            IsOver = true;
            return ValueTask.CompletedTask;
        }
    }
}
