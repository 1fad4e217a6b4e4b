using BenchmarkDotNet.Attributes;
using Gatehouse.Dialects.Facts;
using Gatehouse.Gateway.Metering;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Bench.Ledger;

/// <summary>What the ledger costs an exchange (admit and settle, on the request's path) and what storing a row costs afterwards.</summary>
[MemoryDiagnoser]
public class LedgerBench
{
    private const int Rows = 20_000;
    private readonly ExchangeRecord _exchange = new();
    private string _folder = "";
    private Store? _store;
    private Gateway.Metering.Ledger? _ledger;

    /// <summary>Opens a ledger in a temporary folder.</summary>
    [GlobalSetup]
    public void Open()
    {
        _folder = Directory.CreateTempSubdirectory("gatehouse-bench-").FullName;
        _store = Store.OpenAsync(new StoreOptions { Directory = _folder, Migrations = LedgerSchema.Migrations }).GetAwaiter().GetResult();
        _ledger = Gateway.Metering.Ledger.Open(_store, NullLoggerFactory.Instance);
        Fill(_exchange);
    }

    /// <summary>Closes it and removes the folder; not awaited by the in-process runner, so it is synchronous.</summary>
    [GlobalCleanup]
    public void Close()
    {
        _ledger!.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _store!.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>One admit and one settle of the same exchange: encode, CRC, copy, twice.</summary>
    [Benchmark]
    public void AdmitAndSettle()
    {
        _ledger!.Admit(_exchange);
        _ledger.Settle(_exchange);
    }

    /// <summary>Per row: admit, settle, read from the journal, insert, commit. Less <see cref="AdmitAndSettle"/> it is the drain.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public Task AdmitSettleAndStore()
    {
        for (var i = 0; i < Rows; i++)
        {
            _exchange.Id = Guid.CreateVersion7();
            _exchange.StartedAtMicros++;
            _ledger!.Admit(_exchange);
            _ledger.Settle(_exchange);
        }

        return _ledger!.FlushAsync();
    }

    private static void Fill(ExchangeRecord exchange)
    {
        exchange.Id = Guid.CreateVersion7();
        exchange.StartedAtMicros = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        exchange.TokenId = Guid.CreateVersion7();
        (exchange.UserId, exchange.ProjectId, exchange.Provider, exchange.CredentialSource) = ("local", "default", "anthropic", "env");
        (exchange.ModelAsked, exchange.ModelSent, exchange.ModelUsed) = ("claude-sonnet-5", "claude-sonnet-5", "claude-sonnet-5-20260901");
        (exchange.End, exchange.Status, exchange.UpstreamStatus, exchange.StopReason) = (ExchangeEnd.Ok, 200, 200, "tool_use");
        (exchange.Usage, exchange.UsageSource) = (new Usage { Input = 12, Output = 345, CacheRead = 67_890, CacheWrite = 1234 }, UsageSource.Upstream);
        (exchange.RequestBytes, exchange.ResponseBytes, exchange.Events, exchange.Attempts) = (150_000, 24_000, 210, 1);
        (exchange.FirstByteMicros, exchange.DurationMicros, exchange.OverheadMicros) = (800_000, 9_000_000, 120);
        (exchange.UpstreamRequestId, exchange.ResponseId) = ("req_011CSHoEeqs5C35K2UUqR7Fy", "msg_01XFDUDYJgAACzvnptvVoYEL");
        (exchange.Client, exchange.SessionId) = ("claude-cli", "0199f3a2-7f4e-7cc1-9d0a-3f0f6a9c1b11");
    }
}
