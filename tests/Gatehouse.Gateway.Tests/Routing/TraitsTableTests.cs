using System.Collections.Frozen;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Tests.Routing;

public sealed class TraitsTableTests
{
    private static readonly TraitsTable s_table = new(ProviderCatalog.Embedded.Traits);

    [Theory]
    [InlineData("claude-3-5-haiku-20241022", ReasoningControl.None, 8192, SamplingFields.Temperature)]
    [InlineData("claude-3-7-sonnet-20250219", ReasoningControl.Budget, 64000, SamplingFields.Temperature)]
    [InlineData("claude-sonnet-4-5-20250929", ReasoningControl.Budget, 64000, SamplingFields.Temperature)]
    [InlineData("claude-opus-4-1-20250805", ReasoningControl.Budget, 32000, SamplingFields.Temperature)]
    [InlineData("claude-opus-4-6", ReasoningControl.Effort | ReasoningControl.Adaptive, 128000, SamplingFields.Temperature)]
    [InlineData("claude-opus-5-5", ReasoningControl.Effort | ReasoningControl.Adaptive, 128000, SamplingFields.None)]
    [InlineData("claude-of-the-future-9", ReasoningControl.Effort | ReasoningControl.Adaptive, 64000, SamplingFields.None)]
    public void Claude_models_think_in_the_way_of_their_generation(
        string model, ReasoningControl reasoning, int maxOutput, SamplingFields temperature)
    {
        var traits = s_table.Find(Of("anthropic"), Dialect.Anthropic, model);
        traits.Reasoning.ShouldBe(reasoning);
        traits.MaxOutput.ShouldBe(maxOutput);
        (traits.Sampling & SamplingFields.Temperature).ShouldBe(temperature);
        traits.Sampling.HasFlag(SamplingFields.Stop).ShouldBeTrue();
    }

    [Theory]
    [InlineData("gpt-4o", ReasoningControl.None, true)]
    [InlineData("gpt-5.5", ReasoningControl.Effort, false)]
    [InlineData("gpt-5-chat-latest", ReasoningControl.None, false)]
    [InlineData("o3", ReasoningControl.Effort, false)]
    [InlineData("something-new", ReasoningControl.Effort, true)]
    public void OpenAI_models_take_sampling_or_effort(string model, ReasoningControl reasoning, bool temperature)
    {
        foreach (var dialect in new[] { Dialect.OpenAiChat, Dialect.OpenAiResponses })
        {
            var traits = s_table.Find(Of("openai"), dialect, model);
            traits.Reasoning.ShouldBe(reasoning);
            traits.Sampling.HasFlag(SamplingFields.Temperature).ShouldBe(temperature);
        }

        s_table.Find(Of("openai"), Dialect.OpenAiChat, model).MaxCompletionTokens.ShouldBeTrue();
        s_table.Find(Of("groq"), Dialect.OpenAiChat, model).MaxCompletionTokens.ShouldBeFalse();
    }

    [Theory]
    [InlineData("llama-3.3-70b-versatile", ReasoningControl.None, false, false)]
    [InlineData("meta-llama/llama-4-scout-17b-16e-instruct", ReasoningControl.None, true, true)]
    [InlineData("openai/gpt-oss-120b", ReasoningControl.Effort, true, false)]
    public void Groq_is_asked_only_for_what_the_model_can_do(string model, ReasoningControl reasoning, bool schema, bool images)
    {
        foreach (var dialect in new[] { Dialect.OpenAiChat, Dialect.OpenAiResponses })
        {
            var traits = s_table.Find(Of("groq"), dialect, model);
            traits.Reasoning.ShouldBe(reasoning);
            traits.StructuredOutput.ShouldBe(schema);
            traits.Images.ShouldBe(images);
            traits.Documents.ShouldBeFalse();
            traits.Sampling.HasFlag(SamplingFields.LogProbs).ShouldBeFalse();
        }
    }

    [Fact]
    public void Mistral_is_sent_no_field_that_it_does_not_know()
    {
        var traits = s_table.Find(Of("mistral"), Dialect.OpenAiChat, "mistral-large");
        traits.EndUser.ShouldBeFalse();
        traits.SystemAnywhere.ShouldBeFalse();
        (traits.Sampling & (SamplingFields.Seed | SamplingFields.LogProbs)).ShouldBe(SamplingFields.None);
        s_table.Find(Of("openai"), Dialect.OpenAiChat, "gpt-5.5").EndUser.ShouldBeTrue();
    }

    [Fact]
    public void A_host_has_its_own_rules()
    {
        s_table.Find(Of("deepseek"), Dialect.OpenAiChat, "deepseek-chat").ReasoningContentEcho.ShouldBeTrue();
        s_table.Find(Of("openrouter"), Dialect.OpenAiChat, "openai/gpt-5.5").ReasoningDetails.ShouldBeTrue();
        s_table.Find(Of("mistral"), Dialect.OpenAiChat, "mistral-large").ToolIdLength.ShouldBe(9);
        s_table.Find(Of(null), Dialect.OpenAiChat, "any").CustomTools.ShouldBeFalse();
    }

    [Fact]
    public void The_configuration_has_the_last_word_and_says_only_what_differs()
    {
        var provider = Of("deepseek", new TraitsRule { Models = ["deepseek-v*"], Images = true, Dialect = Dialect.OpenAiChat });
        s_table.Find(provider, Dialect.OpenAiChat, "deepseek-vision").Images.ShouldBeTrue();
        s_table.Find(provider, Dialect.OpenAiChat, "deepseek-vision").ReasoningContentEcho.ShouldBeTrue();
        s_table.Find(provider, Dialect.OpenAiChat, "deepseek-chat").Images.ShouldBeFalse();
        s_table.Find(provider, Dialect.Anthropic, "deepseek-vision").Images.ShouldBeFalse();
    }

    [Fact]
    public void A_name_that_nobody_gives_a_model_is_not_remembered()
    {
        var (traits, prices) = (new TraitsTable(ProviderCatalog.Embedded.Traits), new PriceTable([], PriceCatalog.Embedded.Rules));
        foreach (var name in new[] { "claude-opus-5", "claude-opus-5" + new string('x', 1_000_000) })
        {
            traits.Find(Of("anthropic"), Dialect.Anthropic, name);
            prices.Find("anthropic", name);
        }

        (traits.Remembered, prices.Remembered).ShouldBe((1, 1));
    }

    private static Provider Of(string? preset, params TraitsRule[] traits) => new()
    {
        Name = "p",
        Preset = preset,
        Source = "file",
        Endpoints = FrozenDictionary<Dialect, ProviderEndpoint>.Empty,
        Traits = [.. traits],
    };
}
