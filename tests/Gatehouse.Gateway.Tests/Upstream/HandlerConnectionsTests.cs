using System.Net;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Gateway.Tests.Upstream;

public sealed class HandlerConnectionsTests
{
    private static readonly TimeSpan s_ceiling = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task An_answer_is_told_of_only_when_its_request_was_sent_whole()
    {
        // Over HTTP/2 a provider may begin to answer while it is still being sent to; with the answer the request's memory is given to other calls.
        var answered = new TaskCompletionSource();
        var got = new MemoryStream();
        await using var server = await ServeAsync(async http =>
        {
            await http.Response.BodyWriter.FlushAsync();
            await answered.Task.WaitAsync(s_ceiling);
            await http.Request.Body.CopyToAsync(got);
        });
        var body = new byte[4 * 1024 * 1024];
        Random.Shared.NextBytes(body);
        var sent = body.ToArray();
        var calling = CallAsync(server, body, answered.SetResult);
        var given = calling.ContinueWith(_ => Array.Clear(body), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        var outcome = await calling.WaitAsync(s_ceiling, TestContext.Current.CancellationToken);
        outcome.Fault.ShouldBe(UpstreamFault.None, outcome.Detail);
        (await Calls.ReadAsync(outcome.Answer!)).ShouldBeEmpty();
        await given;
        got.ToArray().AsSpan().SequenceEqual(sent).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_that_is_never_heard_to_its_end_is_left_at_the_deadline(bool answers)
    {
        await using var server = await ServeAsync(async http =>
        {
            if (answers) await http.Response.BodyWriter.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        var outcome = await CallAsync(server, new byte[4 * 1024 * 1024], static () => { }, TimeSpan.FromSeconds(2))
            .WaitAsync(s_ceiling, TestContext.Current.CancellationToken);
        outcome.Fault.ShouldBe(UpstreamFault.Timeout, outcome.Detail);
    }

    [Fact]
    public async Task A_refusal_that_comes_before_the_whole_request_was_heard_still_arrives()
    {
        await using var server = await ServeAsync(async http =>
        {
            http.Response.StatusCode = 413;
            await http.Response.WriteAsync("too large");
        });
        var outcome = await CallAsync(server, new byte[4 * 1024 * 1024], static () => { }).WaitAsync(s_ceiling, TestContext.Current.CancellationToken);
        outcome.Fault.ShouldBe(UpstreamFault.None, outcome.Detail);
        outcome.Answer!.Status.ShouldBe(413);
        (await Calls.ReadAsync(outcome.Answer)).ShouldBe("too large"u8.ToArray());
    }

    [Theory]
    [InlineData("[1]", "3", "[1]", true)]
    [InlineData("[1,2]", "3", null, true)]
    [InlineData("[1", "3", null, true)]
    [InlineData("[1]+", "3", "[1]", false)]
    [InlineData("[1,2]", null, "[1,2]", true)]
    public async Task An_answer_has_the_length_that_it_declares_or_breaks_off(string sent, string? declared, string? whole, bool atOnce)
    {
        var goOn = new TaskCompletionSource();
        await using var server = new RawUpstream(async connection =>
        {
            var http = new RawHttp2(connection);
            await http.BeginAsync();
            await http.HeadAsync(200, ends: false, declared is null ? [] : [("content-length", declared)]);
            if (!atOnce)
            {
                await http.DataAsync(sent[..3], ends: false);
                await goOn.Task;
            }

            await http.DataAsync(atOnce ? sent : sent[3..], ends: true);

            await connection.WaitClosedAsync();
        });
        var outcome = await CallAsync(server.Address, "{}"u8.ToArray(), static () => { });
        outcome.Fault.ShouldBe(UpstreamFault.None, outcome.Detail);
        await using var answer = outcome.Answer!;
        var read = new MemoryStream();
        if (!atOnce)
        {
            var first = new byte[3];
            await answer.Body.ReadExactlyAsync(first, TestContext.Current.CancellationToken);
            read.Write(first);
            goOn.SetResult();
        }

        var reading = answer.Body.CopyToAsync(read).WaitAsync(s_ceiling, TestContext.Current.CancellationToken);
        if (sent == whole) await reading;
        else await Should.ThrowAsync<IOException>(reading);
        read.Length.ShouldBeLessThanOrEqualTo(declared is null ? 5 : 3, "more than the client is told of can't be given to it");
        if (whole is not null) read.ToArray().ShouldBe(System.Text.Encoding.ASCII.GetBytes(whole));
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    public async Task One_without_a_body_may_declare_one(int status)
    {
        await using var server = new RawUpstream(async connection =>
        {
            var http = new RawHttp2(connection);
            await http.BeginAsync();
            await http.HeadAsync(status, ends: true, ("content-length", "5"));
            await connection.WaitClosedAsync();
        });
        var outcome = await CallAsync(server.Address, "{}"u8.ToArray(), static () => { });
        outcome.Fault.ShouldBe(UpstreamFault.None, outcome.Detail);
        (await Calls.ReadAsync(outcome.Answer!)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_call_that_is_given_up_before_its_answer_begins_is_ended_and_one_that_has_begun_is_not()
    {
        using var giveUp = new CancellationTokenSource();
        await using var silent = new RawUpstream(async connection =>
        {
            await new RawHttp2(connection).BeginAsync();
            await giveUp.CancelAsync();
            await connection.WaitClosedAsync();
        });
        (await CallAsync(silent.Address, "{}"u8.ToArray(), static () => { }, giveUp: giveUp.Token).WaitAsync(s_ceiling, TestContext.Current.CancellationToken))
            .Fault.ShouldBe(UpstreamFault.Cancelled);

        using var late = new CancellationTokenSource();
        var goOn = new TaskCompletionSource();
        await using var server = new RawUpstream(async connection =>
        {
            var http = new RawHttp2(connection);
            await http.BeginAsync();
            await http.HeadAsync(200, ends: false);
            await goOn.Task;
            await http.DataAsync("{}", ends: true);
            await connection.WaitClosedAsync();
        });
        var outcome = await CallAsync(server.Address, "{}"u8.ToArray(), static () => { }, giveUp: late.Token);
        await late.CancelAsync();
        goOn.SetResult();
        (await Calls.ReadAsync(outcome.Answer!)).ShouldBe("{}"u8.ToArray());
    }

    private static Task<UpstreamOutcome> CallAsync(WebApplication server, byte[] body, Action answered, TimeSpan? firstByte = null) =>
        CallAsync(server.Urls.Single(), body, answered, firstByte);

    private static async Task<UpstreamOutcome> CallAsync(
        string server, byte[] body, Action answered, TimeSpan? firstByte = null, CancellationToken giveUp = default)
    {
        var like = Calls.Provider(server);
        var provider = new Provider
        {
            Name = "h2",
            Source = "file",
            Endpoints = like.Endpoints,
            AllowPrivateNetwork = true,
            Http2 = true,
            Deadlines = like.Deadlines with { FirstByte = firstByte ?? like.Deadlines.FirstByte },
        };
        using var deadlines = new CallDeadlines();
        var connections = new HandlerConnections(provider, new AddressGuard(static () => []), deadlines, handler => new PlainHttp2(handler, answered));
        connections.TryEnter().ShouldBeTrue();
        var target = new ProviderTarget(provider, connections, new UpstreamHealth(TimeProvider.System).Of(provider));
        var request = Calls.Request(provider, body: [body], giveUp: giveUp);
        var outcome = await connections.SendAsync(request, target, target.Address(request.Dialect, request.PathAndQuery)!, CancellationToken.None);
        connections.Retire();
        return outcome;
    }

    private static async Task<WebApplication> ServeAsync(RequestDelegate handler)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var server = builder.Build();
        server.Run(handler);
        await server.StartAsync();
        return server;
    }

    /// <summary>HTTP/2 without TLS, which a provider is never called by; tells when the platform has an answer.</summary>
    private sealed class PlainHttp2(HttpMessageHandler platform, Action answered) : DelegatingHandler(platform)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            var answer = await base.SendAsync(request, cancellationToken);
            answered();
            return answer;
        }
    }
}
