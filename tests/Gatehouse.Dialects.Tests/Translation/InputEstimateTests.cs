using Gatehouse.Dialects.Counting;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>When a translated request's input is measured: at once where the caller will surely be told, later and only if asked for elsewhere, never twice.</summary>
public sealed class InputEstimateTests
{
    private readonly List<long> _measured = [];

    public static TheoryData<Dialect, Dialect> Edges => ConversationTests.Edges;

    [Theory]
    [MemberData(nameof(Edges))]
    public void What_the_caller_is_surely_told_is_measured_by_its_own_words(Dialect client, Dialect upstream)
    {
        var body = new Conversation(client, upstream, seed: 3).Body;
        var context = Context(atOnce: true, measured: null);
        using var request = EdgeSet.Find(client, upstream)!.Translate(body, context);
        _measured.ShouldBe([InputMeasure.Of(body).Tokens]);
        context.EstimatedInput.ShouldBe(_measured[0] + 1);
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void What_nobody_may_ask_for_is_measured_when_somebody_does_and_once(Dialect client, Dialect upstream)
    {
        var context = Context(atOnce: false, measured: null);
        using var request = EdgeSet.Find(client, upstream)!.Translate(new Conversation(client, upstream, seed: 3).Body, context);
        _measured.ShouldBeEmpty();
        context.EstimatedInput.ShouldBe(InputMeasure.Of(request.Body.Written).Tokens + 1);
        context.EstimatedInput.ShouldBe(_measured.ShouldHaveSingleItem() + 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_measured_before_is_not_measured_again(bool atOnce)
    {
        var context = Context(atOnce, measured: 77);
        using var request = EdgeSet.Find(Dialect.Anthropic, Dialect.OpenAiChat)!.Translate(
            new Conversation(Dialect.Anthropic, Dialect.OpenAiChat, seed: 3).Body, context);
        _measured.ShouldBe([77]);
        context.EstimatedInput.ShouldBe(78);
    }

    private EdgeContext Context(bool atOnce, long? measured) => new()
    {
        ExchangeId = Guid.Empty,
        Created = 1,
        ModelAsked = "asked",
        ModelSent = "sent",
        Seal = new PlainSeal(),
        Memory = new PlainMemory(),
        Estimate = tokens =>
        {
            _measured.Add(tokens);
            return tokens + 1;
        },
        EstimatesAtOnce = atOnce,
        MeasuredInput = measured,
    };
}
