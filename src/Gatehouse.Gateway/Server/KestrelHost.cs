using System.Diagnostics;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Server;

/// <summary>
/// Kestrel as a relay wants it. Only the server itself is used, not the host around it: no endpoint routing, no middleware, no scopes per
/// request. Each setting below was measured (docs/decisions/0004-hot-path.md).
/// </summary>
internal sealed class KestrelHost : IAsyncDisposable
{
    /// <summary>How long headers may take (docs/reference/errors.md).</summary>
    internal static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(30);

    /// <summary>How many headers a request may have (docs/reference/errors.md).</summary>
    internal const int MostHeaders = 200;

    private readonly WebApplication _services;
    private readonly IServer _server;

    private KestrelHost(WebApplication services, IServer server)
    {
        _services = services;
        _server = server;
    }

    /// <summary>The bound addresses, with the ports that the system chose in place of 0.</summary>
    public IReadOnlyList<string> Addresses => [.. _server.Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <summary>Where the server gets its I/O blocks from.</summary>
    internal IMemoryPoolFactory<byte> Pools => _services.Services.GetRequiredService<IMemoryPoolFactory<byte>>();

    /// <summary>Binds and serves; over the platform's own sockets where ours don't work, or where that is asked for.</summary>
    /// <exception cref="GatewayStartException">An address can't be bound.</exception>
    public static async Task<KestrelHost> StartAsync(
        GatehouseConfig config, ILoggerFactory logging, TimeProvider time, RequestDelegate handler, CancellationToken cancellation, bool platformSockets = false,
        TimeSpan? headersWithin = null, AnswerPatience? patience = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new ServerLog(logging));
        builder.Services.AddSingleton<DiagnosticSource>(new BareRefusals(config.Limits.MaxHeaderBytes, headersWithin ?? HeadersWithin, time));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => Configure(options, config, headersWithin ?? HeadersWithin, patience ?? AnswerPatience.Usual)).UseSockets(sockets =>
        {
            // A block is waiting when data comes: one system call less per request. Untouched blocks cost no memory.
            sockets.WaitForDataBeforeAllocatingBuffer = false;
            sockets.UnsafePreferInlineScheduling = true;
            sockets.NoDelay = true;
        });
        // Behind UseKestrelCore, which registers a pool of 4 KiB blocks of its own: the last one counts. So it is with transports.
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new BlockPoolFactory(time));
        if (Wire.IsSupported && !platformSockets) builder.Services.AddSingleton<IConnectionListenerFactory, ServerTransport>();
        var services = builder.Build();
        var server = services.Services.GetRequiredService<IServer>();
        try
        {
            await server.StartAsync(new GatewayApplication(handler), cancellation);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await services.DisposeAsync();
            throw Explain(e, config);
        }

        return new KestrelHost(services, server);
    }

    /// <summary>Stops taking connections and closes idle ones; those in use are closed when the token says that time is up.</summary>
    public Task StopAsync(CancellationToken timeUp) => _server.StopAsync(timeUp);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static void Configure(KestrelServerOptions options, GatehouseConfig config, TimeSpan headersWithin, AnswerPatience patience)
    {
        options.AddServerHeader = false;
        // Header values pass as the bytes they are; anything but Latin-1 here throws on a single é.
        options.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        options.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        options.Limits.MaxRequestBodySize = null; // The admitter bounds bodies, and says so in the caller's dialect.
        options.Limits.MinResponseDataRate = null; // A slow reader of a slow stream is no attacker; the relay bounds it by the idle deadline.
        options.Limits.MaxRequestHeadersTotalSize = config.Limits.MaxHeaderBytes;
        options.Limits.MaxRequestHeaderCount = MostHeaders;
        options.Limits.RequestHeadersTimeout = headersWithin;
        options.Limits.MaxRequestLineSize = 16 * 1024;
        options.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(3);
        foreach (var address in config.Listen)
        {
            if (address.Address is { } ip) options.Listen(ip, address.Port, Served);
            else options.ListenLocalhost(address.Port, Served);
        }

        void Served(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection =>
            {
                connection.Features.Set(patience);
                return next(connection);
            });
        }
    }

    /// <summary>Says why an address can't be listened on, and what helps.</summary>
    internal static GatewayStartException Explain(Exception e, GatehouseConfig config)
    {
        var error = (e as SocketException ?? e.InnerException as SocketException)?.SocketErrorCode;
        if (error == SocketError.AddressAlreadyInUse || e is AddressInUseException || e.InnerException is AddressInUseException)
        {
            var taken = Taken(config);
            return new GatewayStartException($"{taken} is in use by another program.", e) { PortInUse = taken.Port };
        }

        var addresses = string.Join(", ", config.Listen.Select(a => a.ToString()));
        var help = error switch
        {
            SocketError.AccessDenied => "this user may not have so low a port. Choose one from 1024 on: --listen http://127.0.0.1:PORT, or \"listen\" in the configuration",
            SocketError.AddressNotAvailable => "this machine has no such address. Choose one that it has, or http://0.0.0.0:PORT for all of them",
            _ => e.Message.TrimEnd('.'),
        };
        return new GatewayStartException($"{addresses} can't be listened on: {help}.", e);
    }

    // Several addresses may have been asked for, and the failure does not say which it was. Ours are closed again by now, so the one that
    // somebody listens on is the one.
    private static ListenAddress Taken(GatehouseConfig config)
    {
        var busy = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet();
        return config.Listen.FirstOrDefault(address => busy.Contains(address.Port)) ?? config.Listen[0];
    }
}
