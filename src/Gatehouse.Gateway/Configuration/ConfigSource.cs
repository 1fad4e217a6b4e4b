using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Configuration;

/// <summary>
/// Holds the configuration in force and follows its file. The content is compared every second: file watchers miss changes on network and
/// container mounts. A good change replaces one reference; a bad one leaves it, and says so in the log and in <see cref="Status"/>.
/// Reading is safe from any thread; replacements are made one at a time.
/// </summary>
public sealed partial class ConfigSource : IAsyncDisposable
{
    /// <summary>How often the file's content is compared.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private ConfigInputs _inputs;
    private readonly TimeProvider _time;
    private readonly ILogger<ConfigSource> _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly GatehouseConfig _atStart;
    private readonly Lock _subscribing = new();
    private readonly Lock _replacing = new();
    private ImmutableArray<Action<GatewaySnapshot>> _subscribers = [];
    private volatile GatewaySnapshot _current;
    private volatile ConfigStatus _status;
    private byte[] _seen;
    private Task? _watching;

    private ConfigSource(ConfigInputs inputs, TimeProvider time, ILogger<ConfigSource> log, GatehouseConfig config, ConfigLocation location, byte[]? content)
    {
        _inputs = inputs with { Bound = config.Listen };
        _time = time;
        _log = log;
        _atStart = config;
        _current = new GatewaySnapshot(config, 1);
        _seen = Fingerprint(content, null);
        _status = new ConfigStatus { Location = location, FromFile = content is not null, LoadedAt = time.GetUtcNow() };
    }

    /// <summary>What requests read. Take it once per request.</summary>
    public GatewaySnapshot Current => _current;

    /// <summary>How the configuration stands.</summary>
    public ConfigStatus Status => _status;

    /// <summary>Loads the configuration for the first time. The source is null when there are problems: a server must not start on a bad one.</summary>
    public static (ConfigSource? Source, ImmutableArray<ConfigProblem> Problems) Open(ConfigInputs inputs, TimeProvider time, ILogger<ConfigSource> log)
    {
        var location = ConfigLocation.Find(inputs);
        var content = location.Read(out var problem);
        if (problem is not null) return (null, [problem]);
        var result = ConfigLoader.Parse(content, inputs);
        return result.Config is { } config
            ? (new ConfigSource(inputs, time, log, config, location, content), [])
            : (null, result.Problems);
    }

    /// <summary>Begins to follow the file. Once only.</summary>
    public void StartWatching() => _watching ??= WatchAsync();

    /// <summary>Calls back after every replacement, on the watching loop: the call must be short. Disposing ends it.</summary>
    public IDisposable OnChange(Action<GatewaySnapshot> changed)
    {
        lock (_subscribing) _subscribers = _subscribers.Add(changed);
        return new Subscription(this, changed);
    }

    /// <summary>
    /// Says which providers have a key in the vault; a change of that set replaces the configuration like a change of the file. A file that is
    /// bad just now keeps everything as it is until it is mended.
    /// </summary>
    public void SetVaultProviders(IReadOnlyCollection<string> names)
    {
        lock (_replacing)
        {
            var sorted = names.Order(StringComparer.OrdinalIgnoreCase).ToImmutableArray();
            if (sorted.SequenceEqual(_inputs.VaultProviders, StringComparer.OrdinalIgnoreCase)) return;
            _inputs = _inputs with { VaultProviders = sorted };
            var content = _status.Location.Read(out var problem);
            if (problem is not null || (content is null && _status.FromFile))
            {
                // Not there for a moment, or not to be read: what comes back may be what was there, and must be read once more all the same.
                _seen = [0];
                return;
            }

            if (ConfigLoader.Parse(content, _inputs).Config is { } config) Replace(config, content is not null);
        }
    }

    /// <summary>Compares the file's content now, and takes it over when it changed and is good. True when it was taken over.</summary>
    internal bool Poll()
    {
        lock (_replacing) return PollLocked();
    }

    private bool PollLocked()
    {
        var content = _status.Location.Read(out var problem);
        var fingerprint = Fingerprint(content, problem);
        if (fingerprint.AsSpan().SequenceEqual(_seen)) return false;
        _seen = fingerprint;

        // Editors replace a file by removing it for a moment; a file that is really gone must not silently turn rules into defaults.
        if (problem is null && content is null && _status.FromFile)
            problem = new ConfigProblem("", $"{_status.Location.Path} is gone", "Put it back, or restart to run on defaults");
        var result = problem is not null ? new ConfigResult(null, [problem]) : ConfigLoader.Parse(content, _inputs);
        if (result.Config is { } config) Replace(config, content is not null);
        else Keep(result.Problems);
        return result.Config is not null;
    }

    /// <summary>Stops following the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_watching is not null) await _watching;
        _stop.Dispose();
    }

    private void Replace(GatehouseConfig config, bool fromFile)
    {
        var snapshot = new GatewaySnapshot(config, _current.Version + 1);
        _current = snapshot;
        var restart = RestartKeys.Changed(_atStart, config);
        _status = _status with
        {
            FromFile = fromFile,
            LoadedAt = _time.GetUtcNow(),
            Reloads = _status.Reloads + 1,
            Problems = [],
            NeedsRestart = restart,
        };
        LogReloaded(_status.Location.Path, config.Providers.Length, config.Models.Length);
        if (restart.Length > 0) LogNeedsRestart(string.Join(", ", restart));
        foreach (var changed in _subscribers)
        {
            try
            {
                changed(snapshot);
            }
            catch (Exception e)
            {
                LogSubscriberFailed(e);
            }
        }
    }

    private void Keep(ImmutableArray<ConfigProblem> problems)
    {
        _status = _status with { FailedReloads = _status.FailedReloads + 1, Problems = problems };
        LogKept(_status.Location.Path, string.Join(Environment.NewLine, problems));
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    Poll();
                }
                catch (Exception e)
                {
                    LogPollFailed(e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private static byte[] Fingerprint(byte[]? content, ConfigProblem? problem) =>
        problem is not null ? SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(problem.What)) : content is null ? [] : SHA256.HashData(content);

    private sealed class Subscription(ConfigSource source, Action<GatewaySnapshot> changed) : IDisposable
    {
        public void Dispose()
        {
            lock (source._subscribing) source._subscribers = source._subscribers.Remove(changed);
        }
    }
}
