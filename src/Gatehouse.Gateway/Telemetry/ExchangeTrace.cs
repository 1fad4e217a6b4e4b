using System.Diagnostics;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Telemetry;

/// <summary>
/// Turns a settled exchange into spans: one of kind server for the caller's request, and inside it one of kind client for the provider's
/// call, with the attributes of the OpenTelemetry conventions for generative AI. They are made from the record when it is complete, so a
/// running exchange carries nothing for them. The caller's trace is their parent; none is sent upstream. Thread-safe.
/// </summary>
internal static class ExchangeTrace
{
    /// <summary>The name of the activity source.</summary>
    public const string SourceName = "Gatehouse";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether spans are wanted; when not, the caller need not keep its trace headers.</summary>
    public static bool Wanted => Source.HasListeners();

    /// <summary>Records a settled exchange.</summary>
    /// <param name="record">The exchange.</param>
    /// <param name="traceparent">The caller's <c>traceparent</c>, or null.</param>
    /// <param name="tracestate">The caller's <c>tracestate</c>, or null.</param>
    /// <param name="upstream">The provider's address, or null when none was called.</param>
    public static void Settled(ExchangeRecord record, string? traceparent = null, string? tracestate = null, Uri? upstream = null)
    {
        if (!Wanted) return;
        ActivityContext.TryParse(traceparent, tracestate, isRemote: true, out var parent);
        var start = DateTimeOffset.UnixEpoch.AddMicroseconds(record.StartedAtMicros);
        var end = start.AddMicroseconds(record.DurationMicros ?? 0);

        using var server = Source.CreateActivity(Name(record, record.ModelAsked), ActivityKind.Server, parent);
        if (server is null) return;
        Begin(server, start);
        Describe(server, record);
        if (record.Attempts > 0)
        {
            using var client = Source.CreateActivity(Name(record, record.ModelSent), ActivityKind.Client, server.Context);
            if (client is not null)
            {
                Begin(client, start.AddMicroseconds(record.OverheadMicros ?? 0));
                Describe(client, record);
                client.SetTag("server.address", upstream?.Host);
                client.SetTag("server.port", upstream?.Port);
                client.SetEndTime(end.UtcDateTime);
            }
        }

        server.SetEndTime(end.UtcDateTime);
    }

    private static string Name(ExchangeRecord record, string? model)
    {
        var operation = ExchangeLabels.GenAiOperation(record.Operation);
        return model is null ? operation : $"{operation} {model}";
    }

    private static void Begin(Activity activity, DateTimeOffset start)
    {
        activity.SetStartTime(start.UtcDateTime);
        activity.Start();
    }

    private static void Describe(Activity activity, ExchangeRecord record)
    {
        // A null value sets nothing: what is unknown stays unsaid.
        activity.SetTag("gen_ai.operation.name", ExchangeLabels.GenAiOperation(record.Operation));
        activity.SetTag("gen_ai.provider.name", record.Provider);
        activity.SetTag("gen_ai.request.model", activity.Kind == ActivityKind.Client ? record.ModelSent : record.ModelAsked);
        activity.SetTag("gen_ai.request.stream", record.Stream);
        activity.SetTag("gen_ai.response.id", record.ResponseId);
        activity.SetTag("gen_ai.response.model", record.ModelUsed);
        activity.SetTag("gen_ai.response.finish_reasons", record.StopReason is { } stop ? new[] { stop } : null);
        // From where the span begins.
        var before = activity.Kind == ActivityKind.Client ? record.OverheadMicros ?? 0 : 0;
        activity.SetTag("gen_ai.response.time_to_first_chunk", (record.FirstTokenMicros - before) / 1e6);
        activity.SetTag("gen_ai.usage.input_tokens", record.Usage.InputTotal);
        activity.SetTag("gen_ai.usage.output_tokens", record.Usage.Output);
        activity.SetTag("gen_ai.usage.cache_read.input_tokens", record.Usage.CacheRead);
        activity.SetTag("gen_ai.usage.cache_creation.input_tokens", record.Usage.CacheWrite);
        activity.SetTag("gen_ai.usage.reasoning.output_tokens", record.Usage.Reasoning);
        activity.SetTag("gen_ai.conversation.id", record.SessionId);
        activity.SetTag("gen_ai.agent.id", record.AgentId);
        activity.SetTag("gatehouse.exchange.id", record.Id.ToString());
        activity.SetTag("gatehouse.attempts", record.Attempts);
        activity.SetTag("http.response.status_code", activity.Kind == ActivityKind.Client ? record.UpstreamStatus : record.Status);
        if (record.End == ExchangeEnd.Ok) return;
        activity.SetTag("error.type", record.ErrorType ?? ExchangeLabels.Ends[ExchangeLabels.End(record.End)]);
        activity.SetStatus(ActivityStatusCode.Error);
    }
}
