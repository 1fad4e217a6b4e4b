using System.Security.Cryptography;
using System.Text;
using Gatehouse.Dialects.Counting;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// Everything that an edge may know beside the body: it has no clock, logger or connection of its own. Belongs to one attempt.
/// </summary>
public sealed class EdgeContext
{
    private const int LongestKey = 64;

    /// <summary>The exchange's id. Every id that an edge makes up for the client derives from it, so that the same exchange gives the same bytes.</summary>
    public required Guid ExchangeId { get; init; }

    /// <summary>When the exchange began, in seconds since 1970.</summary>
    public required long Created { get; init; }

    /// <summary>The model that the client asked for; it is told this name, not the upstream's.</summary>
    public required string ModelAsked { get; init; }

    /// <summary>The model name that the upstream gets.</summary>
    public required string ModelSent { get; init; }

    /// <summary>What that model can do there.</summary>
    public ModelTraits Traits { get; init; } = ModelTraits.Default;

    /// <summary>Where the values of the client's body lie, if that was found out before; it must stay until the translation is made. Null to find it out.</summary>
    public BodyIndex? Read { get; set; }

    /// <summary>Whether the client asked for a stream.</summary>
    public bool ClientStreams { get; init; }

    /// <summary>Whether the upstream is asked for a stream: as the client, unless the provider knows only one way.</summary>
    public bool UpstreamStreams { get; init; }

    /// <summary>
    /// Whether a chat upstream is asked for the usage of its stream (<c>stream_options.include_usage</c>). Some hosts refuse the field; they tell the usage
    /// unasked, or never.
    /// </summary>
    public bool AsksUsage { get; init; } = true;

    /// <summary>
    /// Makes an estimate of the input tokens of the number that the body's size suggests, by what is known of the model. Called at most once; null when nobody
    /// wants an estimate.
    /// </summary>
    public Func<long, long>? Estimate { get; init; }

    /// <summary>
    /// Whether the estimate is surely needed, so that it is made while the body is translated, by the caller's own words. Else it is made when the answer lacks what
    /// it stands in for, by the upstream's body: measuring is a fifth of a translation, and almost every answer reports its usage.
    /// </summary>
    public bool EstimatesAtOnce { get; init; } = true;

    /// <summary>Tokens that the body's size suggests, where it was measured before; null to measure it.</summary>
    public long? MeasuredInput { get; init; }

    /// <summary>Input tokens as estimated; null before the body was read, and when nobody estimates.</summary>
    public long? EstimatedInput
    {
        get => field ??= Unmeasured is { } body ? Estimate?.Invoke(InputMeasure.Of(body.Written).Tokens) : null;
        set;
    }

    /// <summary>The upstream's body, to be measured once somebody asks for the estimate; null when none is to be made so late.</summary>
    internal PooledBuffer? Unmeasured { get; set; }

    /// <summary>Seals an upstream's opaque state for a field of the client's, and opens it when it comes back.</summary>
    public required StateSeal Seal { get; init; }

    /// <summary>Keeps opaque state for clients whose dialect has no field for it.</summary>
    public required ReasoningMemory Memory { get; init; }

    /// <summary>
    /// The session that the client names (its own id or cache key), used as the upstream's cache key; null when it names none. One that is longer than OpenAI
    /// takes for a key, 64 characters, is told by its hash.
    /// </summary>
    public string? Session
    {
        get;
        init => field = value is { Length: > LongestKey } ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value))) : value;
    }
}
