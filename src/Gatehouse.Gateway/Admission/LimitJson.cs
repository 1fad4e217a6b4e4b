using System.Text.Json.Serialization;

namespace Gatehouse.Gateway.Admission;

/// <summary>How the platform's limits are stored. A member that is not known is a fault: half of what was meant could allow more.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LimitDefaults))]
[JsonSerializable(typeof(LimitCeilings))]
internal sealed partial class LimitJson : JsonSerializerContext;
