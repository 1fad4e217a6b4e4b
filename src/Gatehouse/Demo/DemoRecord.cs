using System.Globalization;
using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Routing;
using Gatehouse.Simulator.Recording;
using Gatehouse.Terminals;

namespace Gatehouse.Demo;

/// <summary>What is left of the demo's exchanges: the ledger's rows, and what reached the provider.</summary>
internal sealed class DemoRecord
{
    private readonly IReadOnlyList<ExchangeRecord> _rows;
    private readonly IReadOnlyList<ReceivedRequest> _received;
    private readonly DemoStage _stage;

    private DemoRecord(DemoStage stage, IReadOnlyList<ExchangeRecord> rows) => (_stage, _rows, _received) = (stage, rows, stage.Received);

    /// <summary>Reads it, once every exchange has its row.</summary>
    public static async Task<DemoRecord> ReadAsync(DemoStage stage, CancellationToken cancellation) =>
        new(stage, await stage.LedgerAsync(cancellation));

    /// <summary>Prints the ledger.</summary>
    public void Print(Terminal terminal)
    {
        terminal.Say();
        terminal.Say($"{terminal.Ink.Strong("Ledger")} {terminal.Ink.Faint("as the database has it")}");
        var listing = new Listing(
            "TIME", "DIALECT", "MODEL", "PROVIDER", "KEY", "STATUS", "STOPPED BY", "INPUT", "CACHED", "OUTPUT", "FIRST BYTE ms", "TOTAL ms")
            .Numbers(7, 8, 9, 10, 11);
        foreach (var row in _rows)
        {
            listing.Add(
                DateTimeOffset.FromUnixTimeMilliseconds(row.StartedAtMicros / 1000).UtcDateTime.ToString(
                    "HH:mm:ss.fff", CultureInfo.InvariantCulture),
                row.ClientDialect.Name(),
                row.ModelAsked ?? "-",
                row.Provider ?? "-",
                row.CredentialSource ?? "-",
                row.Status?.ToString(CultureInfo.InvariantCulture) ?? "-",
                row.StopReason ?? "-",
                Count(row.Usage.InputTotal),
                Count(row.Usage.CacheRead),
                Count(row.Usage.Output),
                Milliseconds(row.FirstByteMicros),
                Milliseconds(row.DurationMicros));
        }

        terminal.Write(listing);
    }

    /// <summary>Writes the ledger's rows as JSON.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("exchanges");
        foreach (var row in _rows)
        {
            json.WriteStartObject();
            json.WriteString("dialect", row.ClientDialect.Name());
            json.WriteString("model", row.ModelAsked);
            json.WriteString("provider", row.Provider);
            json.WriteString("key_from", row.CredentialSource);
            WriteCount(json, "status", row.Status);
            json.WriteString("stop_reason", row.StopReason);
            WriteCount(json, "input_tokens", row.Usage.InputTotal);
            WriteCount(json, "output_tokens", row.Usage.Output);
            WriteCount(json, "first_byte_micros", row.FirstByteMicros);
            WriteCount(json, "duration_micros", row.DurationMicros);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>What is not as it should be, given the bodies that were sent.</summary>
    public IEnumerable<string> Faults(IReadOnlyList<byte[]> sent)
    {
        if (_rows.Count != sent.Count) yield return $"The ledger has {_rows.Count} rows for {sent.Count} exchanges.";
        foreach (var row in _rows.Where(row => !IsWhole(row)))
            yield return $"The ledger's row of exchange {row.Id} is not whole: {row.End}, {row.Status}, usage {row.UsageSource}.";
        if (_received.Count != sent.Count) yield return $"The provider received {_received.Count} requests for {sent.Count} exchanges.";
        foreach (var (request, body) in _received.Zip(sent))
        {
            if (!request.Body.Span.SequenceEqual(body))
                yield return $"The body of {request.PathAndQuery} did not reach the provider byte for byte.";
            if (!Headers(request).Any(value => value.Contains(_stage.ProviderKey.Reveal(), StringComparison.Ordinal)))
                yield return $"{request.PathAndQuery} reached the provider without its key.";
            if (Headers(request).Any(value => value.Contains(_stage.Token.Text.Reveal(), StringComparison.Ordinal)))
                yield return $"{request.PathAndQuery} carried the caller's token to the provider.";
        }
    }

    private static bool IsWhole(ExchangeRecord row) => row is
    {
        End: ExchangeEnd.Ok, Status: 200, UsageSource: UsageSource.Upstream, Provider: Provider.SimulatorName, CredentialSource: "vault",
        Stream: true,
        StopReason: not null, Usage: { Input: not null, Output: not null }, FirstByteMicros: not null, DurationMicros: not null,
    };

    private static IEnumerable<string> Headers(ReceivedRequest request) => request.Headers.SelectMany(header => header.Value);

    private static void WriteCount(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }

    private static string Count(long? count) => count?.ToString("#,0", CultureInfo.InvariantCulture) ?? "-";

    private static string Milliseconds(long? micros) =>
        micros is { } known ? (known / 1000.0).ToString("0.0", CultureInfo.InvariantCulture) : "-";
}
