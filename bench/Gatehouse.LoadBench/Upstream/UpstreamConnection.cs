using System.Net.Sockets;
using System.Text;
using Gatehouse.LoadBench.Bodies;
using Gatehouse.LoadBench.Load;

namespace Gatehouse.LoadBench.Upstream;

/// <summary>One kept connection of a proxy: request in, prebuilt answer out, again and again. Used by one task.</summary>
internal sealed class UpstreamConnection(FastUpstream owner, Socket socket, bool isBlocking, Pacer pacer, Action onPaced)
{
    private readonly Wire _wire = new(socket, isBlocking);
    private byte[] _buffer = new byte[8 * 1024];
    private int _filled;
    private bool _isChat;
    private bool _isPost;

    /// <summary>Serves until the other side closes.</summary>
    public async Task RunAsync()
    {
        using var _ = socket;
        try
        {
            while (await ReadRequestAsync() is { } profile) await AnswerAsync(profile, _isChat && profile.Translated is { } chat ? chat : profile.Answer);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The proxy went away.
        }
    }

    private async ValueTask<Profile?> ReadRequestAsync()
    {
        int end;
        while ((end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync()) return null;
        }

        _isChat = _buffer.AsSpan(0, end).StartsWith("POST /v1/chat/completions "u8);
        _isPost = _buffer.AsSpan(0, end).StartsWith("POST "u8);
        var (profile, length) = ReadHead(_buffer.AsSpan(0, end + 2));
        var request = profile.Body;
        var at = Math.Min(_filled - end - 4, length);
        var same = length == request.Length && _buffer.AsSpan(end + 4, at).SequenceEqual(request.AsSpan(0, at));
        _filled = 0;
        if (at < length && _buffer.Length < 256 * 1024 && length > 8 * 1024) _buffer = new byte[256 * 1024];
        while (at < length)
        {
            var read = await _wire.ReceiveAsync(_buffer.AsMemory(0, Math.Min(_buffer.Length, length - at)));
            if (read == 0) return null;
            same = same && _buffer.AsSpan(0, read).SequenceEqual(request.AsSpan(at, read));
            at += read;
        }

        // A translated body is another one (that it is the right one is the goldens' to prove), and a list of models is asked for without any.
        if (!same && !_isChat && _isPost) owner.CountWrongBody();
        return profile;
    }

    private async ValueTask<bool> FillAsync()
    {
        if (_filled == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await _wire.ReceiveAsync(_buffer.AsMemory(_filled));
        _filled += read;
        return read > 0;
    }

    private static (Profile Profile, int Length) ReadHead(ReadOnlySpan<byte> head)
    {
        var (profile, length) = (default(Profile), 0);
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            var colon = line.IndexOf((byte)':');
            if (colon < 0) continue;
            var name = line[..colon];
            var value = line[(colon + 1)..].Trim((byte)' ');
            if (Ascii.EqualsIgnoreCase(name, Profile.Header)) profile = Profile.Find(value);
            else if (Ascii.EqualsIgnoreCase(name, "content-length")) length = int.Parse(value);
        }

        return (profile ?? throw new SocketException((int)SocketError.ProtocolNotSupported), length);
    }

    private async ValueTask AnswerAsync(Profile profile, CannedAnswer answer)
    {
        await _wire.SendAsync(answer.Head);
        if (profile == Profile.Stuck)
        {
            await _wire.SendAsync(answer.Pieces[0]);
            await WaitForCloseAsync();
            return;
        }

        if (profile.PaceMilliseconds > 0)
        {
            await pacer.PlayAsync(socket, answer.Pieces, profile.PaceMilliseconds, onPaced);
            return;
        }

        foreach (var piece in answer.Pieces) await _wire.SendAsync(piece);
    }

    private async ValueTask WaitForCloseAsync()
    {
        try
        {
            while (await _wire.ReceiveAsync(_buffer) > 0)
            {
                // Nothing more is asked on this connection.
            }
        }
        finally
        {
            owner.Closed();
        }
    }
}
