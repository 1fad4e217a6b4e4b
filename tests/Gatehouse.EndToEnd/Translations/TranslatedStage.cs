using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Translations;

/// <summary>
/// A gateway whose models are spoken to in one dialect only, named by the end of their names: a provider that offers that dialect and no other, whatever
/// the client speaks. A fault of the simulated provider may follow.
/// </summary>
public sealed class TranslatedStage : Stage
{
    public const string OnAnthropic = "-on-anthropic";
    public const string OnChat = "-on-chat";
    public const string OnResponses = "-on-responses";

    /// <inheritdoc/>
    protected override string Models => $$"""
        { "match": "*{{OnAnthropic}}*", "targets": [ { "provider": "local", "dialect": "anthropic" } ] },
        { "match": "*{{OnChat}}*", "targets": [ { "provider": "local", "dialect": "openai-chat" } ] },
        { "match": "*{{OnResponses}}*", "targets": [ { "provider": "local", "dialect": "openai-responses" } ] },
        """;
}
