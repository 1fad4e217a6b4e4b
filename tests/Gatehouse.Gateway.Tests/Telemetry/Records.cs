using Gatehouse.Dialects;
using Gatehouse.Dialects.Facts;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Telemetry;

/// <summary>Settled exchanges for the metrics to count.</summary>
internal static class Records
{
    public static ExchangeRecord Settled(
        string? model = "claude-opus-5-5",
        ExchangeEnd end = ExchangeEnd.Ok,
        int? status = 200,
        Dialect dialect = Dialect.Anthropic,
        bool stream = true,
        string? errorType = null,
        string? provider = "anthropic") => new()
        {
            Id = Guid.Parse("0192d3a0-0000-7000-8000-00000000cafe"),
            StartedAtMicros = 1_763_700_000_000_000,
            TokenId = Guid.Parse("0192d3a0-0000-7000-8000-00000000beef"),
            UserId = "canary-user",
            ClientDialect = dialect,
            UpstreamDialect = provider is null ? null : dialect,
            Operation = dialect switch
            {
                Dialect.Anthropic => ExchangeOperation.Messages,
                Dialect.OpenAiChat => ExchangeOperation.ChatCompletions,
                _ => ExchangeOperation.Responses,
            },
            Stream = stream,
            Provider = provider,
            ModelAsked = model,
            ModelSent = model,
            ModelUsed = model,
            End = end,
            Status = status,
            UpstreamStatus = provider is null ? null : status,
            ErrorType = errorType,
            StopReason = end == ExchangeEnd.Ok ? "end_turn" : null,
            Usage = new Usage { Input = 10, Output = 20, CacheRead = 1000, CacheWrite = 5, CacheWrite5m = 2, CacheWrite1h = 3, Reasoning = 7 },
            FirstByteMicros = 30_000,
            DurationMicros = 2_000_000,
            OverheadMicros = 90,
            Attempts = provider is null ? 0 : 1,
            ResponseId = "msg_1",
            SessionId = "canary-session",
            AgentId = "canary-agent",
        };
}
