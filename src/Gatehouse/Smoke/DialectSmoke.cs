using System.Globalization;
using System.Text;
using System.Text.Json;
using Gatehouse.Callers;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Smoke;

/// <summary>The checks of one dialect, in their order. Each sends what an agent would send, and judges by the answer alone. Used once.</summary>
/// <param name="caller">Calls the gateway.</param>
/// <param name="dialect">The dialect that is spoken.</param>
/// <param name="ledger">Where the gateway writes down what was used.</param>
/// <param name="model">The model that is asked.</param>
/// <param name="provider">The provider that has to answer; null when any may.</param>
internal sealed class DialectSmoke(Caller caller, ICallerDialect dialect, LedgerRows ledger, string model, string? provider)
{
    private const string NotSupported = "dialect_not_supported";
    private const string Plain = "Reply with the single word: pong";
    private const string Weather = "What is the weather in Oslo? Ask the tool, then tell me in one sentence.";

    private readonly List<SmokeResult> _results = [];
    private readonly List<Guid?> _metered = [];

    /// <summary>Runs the checks. A dialect that is not served has one result that says so.</summary>
    public async Task<IReadOnlyList<SmokeResult>> RunAsync(CancellationToken cancellation)
    {
        if (!await WholeAsync(cancellation)) return _results;
        await CheckAsync("models", () => ModelsAsync(cancellation));
        if (dialect.Dialect == Dialect.Anthropic) await CheckAsync("count_tokens", () => CountAsync(cancellation));
        await CheckAsync("stream", () => StreamAsync(cancellation));
        await CheckAsync("tools", () => ToolsAsync(cancellation));
        if (_metered.Count > 0) await CheckAsync("usage", () => UsageAsync(cancellation));
        return _results;
    }

    // The first call also tells whether the dialect is served at all, and by whom. Only the ledger tells it in a word: of the three kinds
    // of error body one has no place for a code.
    private async Task<bool> WholeAsync(CancellationToken cancellation)
    {
        var since = TimeProvider.System.GetTimestamp();
        var heard = await SendAsync(new Question(model, Plain, Stream: false), cancellation);
        var took = TimeProvider.System.GetElapsedTime(since);
        var row = heard.Exchange is null ? null : await ledger.FindAsync(heard.Exchange, cancellation);
        if (heard.Fault is not null && row?.ErrorType == NotSupported)
        {
            _results.Add(new SmokeResult(dialect.Dialect, "exchange", SmokeOutcome.NotServed, took, heard.Fault));
            return false;
        }

        var fault = Fault(heard) ?? (provider is not null && row is not null && row.Provider != provider
            ? $"answered by provider '{row.Provider}', not '{provider}': a rule of the configuration sends the model there"
            : null);
        var by = row is null ? "answered" : $"answered by {row.Provider}, model {row.ModelUsed ?? row.ModelSent}";
        _results.Add(new SmokeResult(dialect.Dialect, "exchange", fault is null ? SmokeOutcome.Ok : SmokeOutcome.Failed, took, fault ?? by));
        return true;
    }

    private async Task<Verdict> ModelsAsync(CancellationToken cancellation)
    {
        var count = 0;
        var heard = await caller.AskAsync(HttpMethod.Get, "/v1/models", null, dialect, root =>
        {
            foreach (var listed in root.GetProperty("data").EnumerateArray())
                if (listed.Text("id").Length > 0) count++;
        }, cancellation);
        return heard.Error is { } error ? Verdict.Bad(error) : Verdict.Good($"{count} listed");
    }

    private async Task<Verdict> CountAsync(CancellationToken cancellation)
    {
        var tokens = 0L;
        var body = MessagesCaller.Count(new Question(model, Plain));
        var heard = await caller.AskAsync(HttpMethod.Post, MessagesCaller.CountPath, body, dialect, root => tokens = root.GetProperty("input_tokens").GetInt64(), cancellation);
        if (heard.Error is { } error)
        {
            // A provider may be served in the dialect by translation and yet count in no way that can be translated.
            return heard.Exchange is not null && (await ledger.FindAsync(heard.Exchange, cancellation))?.ErrorType == NotSupported ? Verdict.Unserved(error) : Verdict.Bad(error);
        }

        return tokens > 0 ? Verdict.Good($"{tokens} input tokens") : Verdict.Bad($"a question of {Plain.Length} characters has {tokens} tokens");
    }

    private async Task<Verdict> StreamAsync(CancellationToken cancellation)
    {
        var heard = await SendAsync(new Question(model, Plain), cancellation);
        return Fault(heard) is { } fault ? Verdict.Bad(fault) : Verdict.Good($"{heard.Pieces} pieces, ended in good order");
    }

    private async Task<Verdict> ToolsAsync(CancellationToken cancellation)
    {
        var call = await SendAsync(new Question(model, Weather, Tool: ToolUse.Forced), cancellation);
        if (call.Fault is { } fault) return Verdict.Bad(fault);
        if (call.Tool != WeatherTool.Name) return Verdict.Bad(call.Tool is null ? "the model was made to call a tool, and no call came" : $"the tool called is '{call.Tool}', not '{WeatherTool.Name}'");
        if (!HasCity(call.Arguments)) return Verdict.Bad($"the call's arguments are not what the tool's schema says: {call.Arguments}");
        var answer = await SendAsync(new Question(model, Weather, Tool: ToolUse.Offered), cancellation, asked => dialect.GoOn(asked, call, WeatherTool.Result));
        return answer.Fault is { } second ? Verdict.Bad($"after the tool's result: {second}")
            : answer.Text.Length == 0 && answer.Tool is null ? Verdict.Bad("after the tool's result: an empty answer")
            : Verdict.Good($"called {call.Tool}, took the result");
    }

    private async Task<Verdict> UsageAsync(CancellationToken cancellation)
    {
        var (input, output) = (0L, 0L);
        foreach (var id in _metered)
        {
            if (id is null) return Verdict.Bad("an answer came without the id of its exchange");
            if (await ledger.FindAsync(id, cancellation) is not { } row) return Verdict.Bad($"exchange {id} is not in the ledger after {ledger.Limit.TotalSeconds:0} s");
            if (row is not { End: ExchangeEnd.Ok, UsageSource: UsageSource.Upstream, Usage: { InputTotal: { } used, Output: { } made } })
                return Verdict.Bad($"exchange {id} is in the ledger without its usage: it ended {row.End}, usage {row.UsageSource}");
            (input, output) = (input + used, output + made);
        }

        return Verdict.Good($"{_metered.Count} exchanges in the ledger: {input} tokens in, {output} out");
    }

    private async Task<Heard> SendAsync(Question question, CancellationToken cancellation, Func<Question, string>? body = null)
    {
        var heard = await caller.SendAsync(dialect, Encoding.UTF8.GetBytes((body ?? dialect.Ask)(question)), question.Stream, null, cancellation);
        if (heard.Fault is null) _metered.Add(heard.Exchange);
        return heard;
    }

    private async Task CheckAsync(string check, Func<Task<Verdict>> work)
    {
        var since = TimeProvider.System.GetTimestamp();
        var verdict = await work();
        _results.Add(new SmokeResult(dialect.Dialect, check, verdict.Outcome, TimeProvider.System.GetElapsedTime(since), verdict.Detail));
    }

    private static string? Fault(Heard heard) => heard.Fault ?? (heard.Text.Length == 0 ? "the answer is empty" : null);

    private static bool HasCity(string arguments)
    {
        try
        {
            using var parsed = JsonDocument.Parse(arguments);
            return parsed.RootElement.ValueKind == JsonValueKind.Object && parsed.RootElement.TryGetProperty("city", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private readonly record struct Verdict(SmokeOutcome Outcome, string Detail)
    {
        public static Verdict Good(FormattableString detail) => new(SmokeOutcome.Ok, detail.ToString(CultureInfo.InvariantCulture));

        public static Verdict Bad(string detail) => new(SmokeOutcome.Failed, detail);

        public static Verdict Unserved(string detail) => new(SmokeOutcome.NotServed, detail);
    }
}
