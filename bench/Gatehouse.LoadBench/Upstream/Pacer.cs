using System.Diagnostics;
using System.Net.Sockets;

namespace Gatehouse.LoadBench.Upstream;

/// <summary>
/// Sends the events of all slow streams from one thread, each at its time. A timer per stream would cost more than the events. Thread-safe.
/// </summary>
internal sealed class Pacer : IDisposable
{
    private readonly PriorityQueue<Playing, long> _due = new();
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _added = new(initialState: false);
    private volatile bool _stopped;

    public Pacer() => new Thread(Run) { IsBackground = true, Name = "pacer" }.Start();

    /// <summary>Sends the pieces one by one; done when the last one is sent or the connection is lost.</summary>
    public Task PlayAsync(Socket socket, byte[][] pieces, int milliseconds, Action onSent)
    {
        var playing = new Playing(socket, pieces, milliseconds * Stopwatch.Frequency / 1000, onSent);
        var due = Stopwatch.GetTimestamp() + playing.Interval;
        lock (_gate)
        {
            _due.Enqueue(playing, due);
            if (ReferenceEquals(_due.Peek(), playing)) _added.Set();
        }

        return playing.Done.Task;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopped = true;
        _added.Set();
    }

    private void Run()
    {
        while (!_stopped)
        {
            var wait = Next(out var playing);
            if (playing is not null) SendNext(playing);
            else _added.WaitOne(wait);
        }
    }

    /// <summary>The stream that is due, or how many milliseconds nothing is.</summary>
    private int Next(out Playing? playing)
    {
        lock (_gate)
        {
            playing = null;
            if (!_due.TryPeek(out var first, out var due)) return 1000;
            var left = due - Stopwatch.GetTimestamp();
            // Rounded up: a thread that sleeps to the exact tick wakes for each event alone, and would be the dearest part of the bench.
            if (left > 0) return (int)(left * 1000 / Stopwatch.Frequency) + 1;
            _due.Dequeue();
            playing = first;
            playing.Due = due;
            return 0;
        }
    }

    private void SendNext(Playing playing)
    {
        try
        {
            playing.Socket.Send(playing.Pieces[playing.At++]);
            playing.OnSent();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            playing.Done.TrySetException(new SocketException((int)SocketError.ConnectionReset));
            return;
        }

        if (playing.At == playing.Pieces.Length)
        {
            playing.Done.TrySetResult();
            return;
        }

        lock (_gate) _due.Enqueue(playing, playing.Due + playing.Interval);
    }

    private sealed class Playing(Socket socket, byte[][] pieces, long interval, Action onSent)
    {
        public Socket Socket => socket;

        public byte[][] Pieces => pieces;

        public long Interval => interval;

        public Action OnSent => onSent;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int At { get; set; }

        public long Due { get; set; }
    }
}
