using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;
using Gatehouse.Dialects.Translation.SameDialect;
using Gatehouse.Gateway.Exchanges;

namespace Gatehouse.Gateway.Tests.Exchanges;

public sealed class AnswerConversionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_stream_that_never_ends_is_given_up(bool clientStreams)
    {
        var context = new EdgeContext
        {
            ExchangeId = Guid.Empty,
            Created = 0,
            ModelAsked = "m",
            ModelSent = "m",
            ClientStreams = clientStreams,
            UpstreamStreams = true,
            Seal = new NoSeal(),
            Memory = new NoMemory(),
        };
        using var request = FormEdge.Of(Dialect.OpenAiChat).Translate("""{"model":"m","messages":[]}"""u8, context);
        using var conversion = new AnswerConversion(Dialect.OpenAiChat, request, Dialect.OpenAiChat, upstreamStreams: true);
        // Words that nobody needs to keep, so that the test needs no memory either.
        var piece = Encoding.ASCII.GetBytes(":" + new string(' ', (1 << 20) - 2) + "\n");
        for (var i = 0; i < AnswerConversion.LargestStream >> 20; i++) conversion.Read(piece);
        conversion.Failure.ShouldBeNull("so much may come");
        conversion.Read(piece);
        conversion.Ended.ShouldBeTrue();
        conversion.Failure.ShouldNotBeNull().Code.ShouldBe("upstream_bad_answer");
    }

    private sealed class NoSeal : StateSeal
    {
        public override void Seal(ReadOnlySpan<byte> state, PooledBuffer output)
        {
        }

        public override bool TryOpen(ReadOnlySpan<byte> text, PooledBuffer state) => false;
    }

    private sealed class NoMemory : ReasoningMemory
    {
        public override void Remember(ReadOnlySpan<byte> toolCallId, ReadOnlySpan<byte> state)
        {
        }

        public override bool TryRecall(ReadOnlySpan<byte> toolCallId, PooledBuffer state) => false;
    }
}
