using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation.Fuzz;

/// <summary>What an edge may be told of the call and its model: any of it.</summary>
internal static class FuzzContext
{
    public static EdgeContext Any(Random random) => new()
    {
        ExchangeId = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        Created = 1_790_000_000,
        ModelAsked = "asked",
        ModelSent = "sent",
        ClientStreams = random.Next(2) == 0,
        UpstreamStreams = random.Next(2) == 0,
        AsksUsage = Coin(random),
        EstimatedInput = random.Next(2) == 0 ? null : random.Next(100_000),
        Session = random.Next(2) == 0 ? null : "session",
        Traits = random.Next(3) == 0 ? ModelTraits.Default : Traits(random),
        Seal = new FuzzSeal(),
        Memory = new PlainMemory(),
    };

    private static ModelTraits Traits(Random random) => new()
    {
        Images = Coin(random),
        Documents = Coin(random),
        Tools = random.Next(8) > 0,
        ParallelToolControl = Coin(random),
        StrictTools = Coin(random),
        CustomTools = Coin(random),
        RefusedSchemaKeywords = Coin(random) ? [] : ["type", "properties"],
        StructuredOutput = Coin(random),
        Reasoning = (ReasoningControl)random.Next(8),
        Efforts = Coin(random) ? ModelTraits.Default.Efforts : [(Effort)random.Next(1, 8)],
        ReasoningContentEcho = Coin(random),
        ReasoningDetails = Coin(random),
        CacheMarkers = Coin(random),
        CacheKey = Coin(random),
        MaxOutput = Coin(random) ? null : 1 + random.Next(70_000),
        ContextWindow = Coin(random) ? null : 1 + random.Next(300_000),
        Sampling = (SamplingFields)random.Next(128),
        MaxStops = random.Next(6),
        MaxToolName = random.Next(2) == 0 ? 64 : 16,
        ToolIdLength = random.Next(3) == 0 ? 9 : null,
        EndUser = Coin(random),
        MaxCompletionTokens = Coin(random),
        DeveloperRole = Coin(random),
        SystemAnywhere = Coin(random),
        ImagesInToolResults = Coin(random),
        TokenCounter = Coin(random),
        CodeExecution = Coin(random),
        WebSearch = Coin(random),
    };

    private static bool Coin(Random random) => random.Next(2) == 0;
}

/// <summary>A seal that opens only what was sealed by it, as the real one does: the fixtures' state, untouched.</summary>
internal sealed class FuzzSeal : StateSeal
{
    private readonly PlainSeal _plain = new();

    public override void Seal(ReadOnlySpan<byte> state, PooledBuffer output) => _plain.Seal(state, output);

    public override bool TryOpen(ReadOnlySpan<byte> text, PooledBuffer state) => Corpus.IsSealed(text) && _plain.TryOpen(text, state);
}
