using Gatehouse.Dialects;
using Gatehouse.Dialects.Facts;

namespace Gatehouse.Gateway.Metering;

/// <summary>
/// The one order of an exchange's fields, in the journal and in the table alike: columns, writing and reading stand together here. New
/// fields go to the end, for journals of the version before must stay readable.
/// </summary>
internal static class ExchangeFields
{
    /// <summary>The most bytes that an ordinary text field takes.</summary>
    public const int TextLimit = 256;

    /// <summary>The most bytes of ids and lists that must not be cut early.</summary>
    public const int LongTextLimit = 1024;

    /// <summary>Room for any record: 23 short texts, 3 long ones, and 31 numbers and ids.</summary>
    public const int LargestRecord = (23 * (TextLimit + 3)) + (3 * (LongTextLimit + 3)) + (31 * 17) + 16;

    /// <summary>The columns of the table <c>exchanges</c>, in field order.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "id", "started_at", "token_id", "user_id", "project_id", "workspace_id", "client_dialect", "upstream_dialect", "operation", "stream",
        "provider", "credential_id", "credential_source", "model_asked", "model_sent", "model_used", "end_kind", "status", "upstream_status",
        "error_type", "stop_reason", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_5m_tokens",
        "cache_write_1h_tokens", "reasoning_tokens", "input_includes_cache", "usage_source", "service_tier", "server_tools", "request_bytes",
        "response_bytes", "events", "first_byte_us", "duration_us", "overhead_us", "attempts", "client_request_id", "upstream_request_id",
        "response_id", "client", "session_id", "agent_id", "parent_agent_id", "losses", "owns_response", "harness", "credential_owner", "provider_id",
        "charged_input_tokens", "charged_output_tokens", "cost_nanodollars", "cost_basis", "queue_us",
    ];

    /// <summary>Writes every field.</summary>
    public static void Write(ExchangeRecord r, ref FieldWriter to)
    {
        WriteWho(r, ref to);
        WriteWhat(r, ref to);
        WriteUsage(r, ref to);
        WriteMeasures(r, ref to);
        WriteAccount(r, ref to);
    }

    /// <summary>Reads every field into a new record.</summary>
    public static ExchangeRecord Read<TReader>(ref TReader from)
        where TReader : IFieldReader, allows ref struct
    {
        var r = new ExchangeRecord();
        ReadWho(r, ref from);
        ReadWhat(r, ref from);
        ReadUsage(r, ref from);
        ReadMeasures(r, ref from);
        ReadAccount(r, ref from);
        return r;
    }

    private static void WriteWho(ExchangeRecord r, ref FieldWriter to)
    {
        to.Id(r.Id);
        to.Int(r.StartedAtMicros);
        to.Id(r.TokenId);
        to.Text(r.UserId, TextLimit);
        to.Text(r.ProjectId, TextLimit);
        to.Text(r.WorkspaceId, TextLimit);
    }

    private static void ReadWho<TReader>(ExchangeRecord r, ref TReader from)
        where TReader : IFieldReader, allows ref struct
    {
        r.Id = from.Id() ?? Guid.Empty;
        r.StartedAtMicros = from.Int() ?? 0;
        r.TokenId = from.Id();
        r.UserId = from.Text();
        r.ProjectId = from.Text();
        r.WorkspaceId = from.Text();
    }

    private static void WriteWhat(ExchangeRecord r, ref FieldWriter to)
    {
        to.Int((long)r.ClientDialect);
        to.Int((long?)r.UpstreamDialect);
        to.Int((long)r.Operation);
        to.Flag(r.Stream);
        to.Text(r.Provider, TextLimit);
        to.Text(r.CredentialId, TextLimit);
        to.Text(r.CredentialSource, TextLimit);
        to.Text(r.ModelAsked, TextLimit);
        to.Text(r.ModelSent, TextLimit);
        to.Text(r.ModelUsed, TextLimit);
        to.Int((long)r.End);
        to.Int((long?)r.Status);
        to.Int((long?)r.UpstreamStatus);
        to.Text(r.ErrorType, TextLimit);
        to.Text(r.StopReason, TextLimit);
    }

    private static void ReadWhat<TReader>(ExchangeRecord r, ref TReader from)
        where TReader : IFieldReader, allows ref struct
    {
        r.ClientDialect = (Dialect)(from.Int() ?? 0);
        r.UpstreamDialect = (Dialect?)from.Int();
        r.Operation = (ExchangeOperation)(from.Int() ?? 0);
        r.Stream = from.Int() == 1;
        r.Provider = from.Text();
        r.CredentialId = from.Text();
        r.CredentialSource = from.Text();
        r.ModelAsked = from.Text();
        r.ModelSent = from.Text();
        r.ModelUsed = from.Text();
        r.End = (ExchangeEnd)(from.Int() ?? 0);
        r.Status = (int?)from.Int();
        r.UpstreamStatus = (int?)from.Int();
        r.ErrorType = from.Text();
        r.StopReason = from.Text();
    }

    private static void WriteUsage(ExchangeRecord r, ref FieldWriter to)
    {
        var usage = r.Usage;
        to.Int(usage.Input);
        to.Int(usage.Output);
        to.Int(usage.CacheRead);
        to.Int(usage.CacheWrite);
        to.Int(usage.CacheWrite5m);
        to.Int(usage.CacheWrite1h);
        to.Int(usage.Reasoning);
        to.Flag(usage.InputIncludesCache);
        to.Int((long)r.UsageSource);
        to.Text(r.ServiceTier, TextLimit);
        // Half a JSON object would be none at all.
        to.Text(r.ServerTools is { Length: > LongTextLimit / 3 } tools && System.Text.Encoding.UTF8.GetByteCount(tools) > LongTextLimit
            ? """{"truncated":true}""" : r.ServerTools, LongTextLimit);
    }

    private static void ReadUsage<TReader>(ExchangeRecord r, ref TReader from)
        where TReader : IFieldReader, allows ref struct
    {
        r.Usage = new Usage
        {
            Input = from.Int(),
            Output = from.Int(),
            CacheRead = from.Int(),
            CacheWrite = from.Int(),
            CacheWrite5m = from.Int(),
            CacheWrite1h = from.Int(),
            Reasoning = from.Int(),
            InputIncludesCache = from.Int() == 1,
        };
        r.UsageSource = (UsageSource)(from.Int() ?? 0);
        r.ServiceTier = from.Text();
        r.ServerTools = from.Text();
    }

    private static void WriteMeasures(ExchangeRecord r, ref FieldWriter to)
    {
        to.Int(r.RequestBytes);
        to.Int(r.ResponseBytes);
        to.Int(r.Events);
        to.Int(r.FirstByteMicros);
        to.Int(r.DurationMicros);
        to.Int(r.OverheadMicros);
        to.Int((long)r.Attempts);
        to.Text(r.ClientRequestId, TextLimit);
        to.Text(r.UpstreamRequestId, TextLimit);
        to.Text(r.ResponseId, LongTextLimit);
        to.Text(r.Client, TextLimit);
        to.Text(r.SessionId, TextLimit);
        to.Text(r.AgentId, TextLimit);
        to.Text(r.ParentAgentId, TextLimit);
        to.Text(r.Losses, LongTextLimit);
        to.Flag(r.OwnsResponse);
    }

    private static void ReadMeasures<TReader>(ExchangeRecord r, ref TReader from)
        where TReader : IFieldReader, allows ref struct
    {
        r.RequestBytes = from.Int() ?? 0;
        r.ResponseBytes = from.Int() ?? 0;
        r.Events = from.Int() ?? 0;
        r.FirstByteMicros = from.Int();
        r.DurationMicros = from.Int();
        r.OverheadMicros = from.Int();
        r.Attempts = (int)(from.Int() ?? 0);
        r.ClientRequestId = from.Text();
        r.UpstreamRequestId = from.Text();
        r.ResponseId = from.Text();
        r.Client = from.Text();
        r.SessionId = from.Text();
        r.AgentId = from.Text();
        r.ParentAgentId = from.Text();
        r.Losses = from.Text();
        r.OwnsResponse = from.Int() == 1;
    }

    private static void WriteAccount(ExchangeRecord r, ref FieldWriter to)
    {
        to.Text(r.Harness, TextLimit);
        to.Text(r.CredentialOwner, TextLimit);
        to.Text(r.ProviderId, TextLimit);
        to.Int(r.ChargedInput);
        to.Int(r.ChargedOutput);
        to.Int(r.CostNanodollars);
        to.Int((long)r.CostBasis);
        to.Int(r.QueueMicros);
    }

    private static void ReadAccount<TReader>(ExchangeRecord r, ref TReader from)
        where TReader : IFieldReader, allows ref struct
    {
        r.Harness = from.Text();
        r.CredentialOwner = from.Text();
        r.ProviderId = from.Text();
        r.ChargedInput = from.Int();
        r.ChargedOutput = from.Int();
        r.CostNanodollars = from.Int();
        r.CostBasis = (CostBasis)(from.Int() ?? 0);
        r.QueueMicros = from.Int();
    }
}
