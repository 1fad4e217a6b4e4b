using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gatehouse.EndToEnd.Runs;

/// <summary>
/// A proxy that opens every TLS connection with a certificate of its own and carries what is inside to the simulated provider: for a program that may be
/// sent nowhere but to its vendor. It notes which hosts were asked for.
/// </summary>
internal sealed class VendorDoor : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _upstream;
    private readonly X509Certificate2 _certificate;
    private readonly List<string> _asked = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <summary>Opens it for one vendor's host.</summary>
    public VendorDoor(string host, Uri upstream)
    {
        _upstream = upstream;
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Authority = _certificate.ExportCertificatePem();
        _listener.Start();
        _running = AcceptAsync();
    }

    /// <summary>Its address, for <c>HTTPS_PROXY</c>.</summary>
    public string Address => $"http://{_listener.LocalEndpoint}";

    /// <summary>The certificate that a program must trust to use it.</summary>
    public string Authority { get; }

    /// <summary>The hosts and ports that were asked for.</summary>
    public IReadOnlyList<string> Asked
    {
        get { lock (_asked) return [.. _asked]; }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _certificate.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true) open.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var plain = client.GetStream();
                var head = await HeadAsync(plain);
                if (!head.StartsWith("CONNECT ", StringComparison.Ordinal)) return;
                lock (_asked) _asked.Add(head.Split(' ')[1]);
                await plain.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _stop.Token);
                await using var inside = new SslStream(plain);
                await inside.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
                using var upstream = new TcpClient();
                await upstream.ConnectAsync(_upstream.Host, _upstream.Port, _stop.Token);
                await Task.WhenAny(inside.CopyToAsync(upstream.GetStream(), _stop.Token), upstream.GetStream().CopyToAsync(inside, _stop.Token));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // The program went away, or does not trust us: its own story tells.
            }
        }
    }

    private async Task<string> HeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) == 1) head.Append((char)one[0]);
        return head.ToString();
    }
}
