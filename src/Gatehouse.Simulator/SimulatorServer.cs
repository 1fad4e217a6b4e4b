using Gatehouse.Simulator.Recording;
using Gatehouse.Simulator.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Simulator;

/// <summary>
/// A scripted provider on a real socket. It speaks Anthropic Messages, OpenAI Chat Completions and OpenAI Responses, is as strict as the
/// real services, and plays faults on demand. Disposing it aborts what is still running.
/// </summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SimulatorServer(WebApplication app, ReceivedLog received, SimulatorStats stats)
    {
        (_app, Received, Stats) = (app, received, stats);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>
    /// Where it listens, the port filled in. Anthropic clients take it as it is, OpenAI clients with <c>/v1</c> appended.
    /// </summary>
    public Uri Address { get; }

    /// <summary>What was received; stays empty when <see cref="SimulatorOptions.RecordRequests"/> is off.</summary>
    public ReceivedLog Received { get; }

    /// <summary>Counters over its life.</summary>
    public SimulatorStats Stats { get; }

    /// <summary>Starts listening.</summary>
    /// <exception cref="InvalidDataException">The scenario file is bad; the message lists every problem.</exception>
    /// <exception cref="IOException">The address is in use or not available.</exception>
    public static async Task<SimulatorServer> StartAsync(SimulatorOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (log, stats, stage) = (new ReceivedLog(), new SimulatorStats(), new Backstage(options));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        // With no room between a write and the socket a flush ends when all was sent: a reset behind it takes nothing away.
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.MaxWriteBufferSize = 1)
            .UseUrls(options.Url).ConfigureKestrel(kestrel => Configure(kestrel, stats));
        var app = builder.Build();
        var handler = new SimulatorHandler(stage, log, stats);
        app.Run(handler.HandleAsync);
        await app.StartAsync(cancellation);
        return new SimulatorServer(app, log, stats);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        // A cancelled stop does not wait for streams that would otherwise never end (stalls, long pauses).
        try
        {
            await _app.StopAsync(now.Token);
        }
        catch (OperationCanceledException) { }
        await _app.DisposeAsync();
    }

    private static void Configure(KestrelServerOptions kestrel, SimulatorStats stats)
    {
        kestrel.AddServerHeader = false;
        kestrel.RequestHeaderEncodingSelector = _ => System.Text.Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.Latin1;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxRequestHeadersTotalSize = 256 << 10;
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => async connection =>
        {
            stats.ConnectionOpened();
            try
            {
                await next(connection);
            }
            finally
            {
                stats.ConnectionClosed();
            }
        }));
    }
}
