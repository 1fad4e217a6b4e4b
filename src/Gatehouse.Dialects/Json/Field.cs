namespace Gatehouse.Dialects.Json;

/// <summary>What can be read off a response, whatever its dialect. Each dialect's paths say where.</summary>
internal enum Field : byte
{
    None,

    /// <summary>Passed over on purpose, where all other members are wanted.</summary>
    Ignored,
    Type,
    Sequence,
    Id,
    Model,
    StopReason,
    Status,
    ServiceTier,
    IncompleteReason,
    Error,
    ErrorType,
    ErrorCode,
    Input,
    Output,
    CacheRead,
    CacheHit,
    CacheWrite,
    CacheCreation,
    CacheWrite5m,
    CacheWrite1h,
    Reasoning,
    Choices,
    Choice,
    Content,
    Usage,

    /// <summary>One of the provider's own tools: the only field that keeps its key, and that may occur many times.</summary>
    ServerTool,
    Count,
}
