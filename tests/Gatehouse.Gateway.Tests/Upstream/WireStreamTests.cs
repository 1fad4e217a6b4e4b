using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Gateway.Sockets;
using Gatehouse.Gateway.Tests.Sockets;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Tests.Upstream;

public sealed class WireStreamTests : IAsyncDisposable
{
    private readonly WirePair _pair = new();
    private readonly WireStream _stream;

    public WireStreamTests()
    {
        _pair.Wire.Watch(SocketLoop.Next());
        _stream = new WireStream(_pair.Wire);
    }

    private static CancellationToken Ceiling => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _stream.Dispose();
        return _pair.DisposeAsync();
    }

    [Fact]
    public async Task It_reads_what_comes_and_the_end()
    {
        var buffer = new byte[10];
        var reading = _stream.ReadAsync(buffer, Ceiling);
        reading.IsCompleted.ShouldBeFalse();
        _pair.Far.Send("hello"u8);
        (await reading).ShouldBe(5);
        _pair.Far.Shutdown(SocketShutdown.Send);
        (await _stream.ReadAsync(buffer, Ceiling)).ShouldBe(0);
        (await _stream.ReadAsync(buffer, Ceiling)).ShouldBe(0);
    }

    [Fact]
    public async Task A_read_of_nothing_ends_when_something_is_there()
    {
        var reading = _stream.ReadAsync(Memory<byte>.Empty, Ceiling);
        reading.IsCompleted.ShouldBeFalse();
        _pair.Far.Send("a"u8);
        (await reading).ShouldBe(0);
        (await _stream.ReadAsync(new byte[5], Ceiling)).ShouldBe(1);
    }

    [Fact]
    public async Task A_lost_connection_fails_the_read()
    {
        var reading = _stream.ReadAsync(new byte[1], CancellationToken.None).AsTask();
        _pair.Reset();
        await Should.ThrowAsync<IOException>(reading);
    }

    [Fact]
    public async Task Closing_it_fails_the_read_that_waits()
    {
        var reading = _stream.ReadAsync(new byte[1], CancellationToken.None).AsTask();
        await _stream.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(reading);
    }

    [Fact]
    public async Task A_token_ends_the_read_and_the_connection_with_it()
    {
        using var cancellation = new CancellationTokenSource();
        var reading = _stream.ReadAsync(new byte[1], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(reading);
        _pair.Far.Receive(new byte[1]).ShouldBe(0);
    }

    [Fact]
    public async Task A_token_that_ended_a_read_of_nothing_ends_the_read_behind_it_too()
    {
        // As TLS reads: first it waits for something to be there.
        using var cancellation = new CancellationTokenSource();
        var reading = _stream.ReadAsync(Memory<byte>.Empty, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            (await reading).ShouldBe(0);
            (await _stream.ReadAsync(new byte[1], cancellation.Token)).ShouldBe(-1);
        });
    }

    [Fact]
    public async Task What_has_no_room_yet_is_sent_when_there_is_some()
    {
        var bytes = new byte[32 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        var writing = _stream.WriteAsync(bytes, Ceiling);
        writing.IsCompleted.ShouldBeFalse();
        (await _pair.ReceiveAsync(bytes.Length)).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        await writing;
    }

    [Theory]
    [InlineData(0, 5, 0, 7, 3)]
    [InlineData(4, 5, 0, 7, 3)]
    [InlineData(5, 5, 0, 7, 3)]
    [InlineData(14, 5, 0, 7, 3)]
    [InlineData(15, 5, 0, 7, 3)]
    [InlineData(0)]
    [InlineData(10, 20_000_000, 20_000_000, 1, 20_000_000)]
    [InlineData(20_000_001, 20_000_000, 0, 20_000_000, 1)]
    public async Task A_head_and_the_pieces_behind_it_are_sent_in_order_less_what_is_skipped(int skipped, params int[] lengths)
    {
        var random = new Random(skipped);
        byte[] head = [.. "head"u8];
        var pieces = lengths.Select(length =>
        {
            var piece = new byte[length];
            random.NextBytes(piece);
            return piece;
        }).ToArray();
        byte[] wanted = [.. head, .. pieces.SelectMany(piece => piece).Skip(skipped)];

        var writing = _stream.WriteAsync(head, pieces.Select(piece => (ReadOnlyMemory<byte>)piece).ToArray(), skipped);
        var got = await _pair.ReceiveAsync(wanted.Length);
        got.AsSpan().SequenceEqual(wanted).ShouldBeTrue();
        await writing;

        // Nothing is left over for the next one.
        await _stream.WriteAsync("next"u8.ToArray(), Ceiling);
        (await _pair.ReceiveAsync(4)).ShouldBe("next"u8.ToArray());
    }

    [Fact]
    public async Task A_write_that_nobody_hears_is_passed_over_and_the_answer_is_still_read()
    {
        // A provider that refuses a large body: it answers, and stops reading.
        _pair.Far.Send("refused"u8);
        var writing = _stream.WriteAsync(new byte[32 * 1024 * 1024], Ceiling).AsTask();
        (await _stream.ReadAsync(new byte[10], Ceiling)).ShouldBe(7);
        _pair.Reset();
        await writing;
        await _stream.WriteAsync("more"u8.ToArray(), Ceiling);
    }

    [Fact]
    public async Task A_write_that_waits_ends_when_the_connection_is_closed()
    {
        var writing = _stream.WriteAsync(new byte[32 * 1024 * 1024], CancellationToken.None).AsTask();
        await _stream.DisposeAsync();
        await writing;
    }

    [Fact]
    public async Task Tls_goes_over_it()
    {
        using var certificate = Certificate();
        await using var server = new SslStream(new NetworkStream(_pair.Far));
        await using var client = new SslStream(_stream, leaveInnerStreamOpen: true, (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString());
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Ceiling),
            client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, Ceiling));
        var bytes = new byte[5_000_000];
        new Random(2).NextBytes(bytes);
        var writing = client.WriteAsync(bytes, Ceiling).AsTask();
        var got = new byte[bytes.Length];
        await server.ReadExactlyAsync(got, Ceiling);
        await writing;
        got.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        var answering = server.WriteAsync(bytes, Ceiling).AsTask();
        await client.ReadExactlyAsync(got, Ceiling);
        await answering;
        got.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
