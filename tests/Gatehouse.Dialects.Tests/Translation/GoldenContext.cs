using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>What a fixture's section <c>context</c> may say; each member has a default.</summary>
internal sealed record GoldenContext
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter() },
    };

    public string Asked { get; init; } = "asked-model";

    public string Sent { get; init; } = "sent-model";

    public bool ClientStreams { get; init; } = true;

    public bool? UpstreamStreams { get; init; }

    public long? EstimatedInput { get; init; }

    public string? Session { get; init; }

    public ModelTraits? Traits { get; init; }

    public Dictionary<string, string> Memory { get; init; } = [];

    public static GoldenContext Read(string? section) =>
        section is null ? new GoldenContext() : JsonSerializer.Deserialize<GoldenContext>(section, s_json)!;

    public EdgeContext ToContext(PlainMemory memory)
    {
        foreach (var (id, state) in Memory) memory.Kept[id] = state;
        return new EdgeContext
        {
            ExchangeId = new Guid("01980000-1111-7222-8333-444455556666"),
            Created = 1_790_000_000,
            ModelAsked = Asked,
            ModelSent = Sent,
            Traits = Traits ?? ModelTraits.Default,
            ClientStreams = ClientStreams,
            UpstreamStreams = UpstreamStreams ?? ClientStreams,
            EstimatedInput = EstimatedInput,
            Session = Session,
            Seal = new PlainSeal(),
            Memory = memory,
        };
    }
}
