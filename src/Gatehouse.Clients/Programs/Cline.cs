using System.Collections.Immutable;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Programs;

/// <summary>Cline. Keeps its settings in the store of its editor, under its own sealing.</summary>
internal sealed class Cline : Client
{
    /// <inheritdoc/>
    public override string Id => "cline";

    /// <inheritdoc/>
    public override string Label => "Cline";

    /// <inheritdoc/>
    public override ClientSupport Support => ClientSupport.Printed;

    /// <inheritdoc/>
    public override string Reason => "It keeps its settings in the editor's own store, which no other program should write.";

    /// <inheritdoc/>
    public override ImmutableArray<Dialect> Dialects => [Dialect.Anthropic, Dialect.OpenAiChat];

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Steps(ClientSetup setup) => setup.Dialect == Dialect.Anthropic
        ?
        [
            "In Cline's settings (the gear), under API Configuration:",
            "  API Provider: Anthropic",
            $"  Anthropic API Key: {setup.Token}",
            $"  Use custom base URL: {BaseAddress(setup.Gateway, setup.Dialect)}",
            $"  Model: {setup.Model!.Name}",
        ]
        :
        [
            "In Cline's settings (the gear), under API Configuration:",
            "  API Provider: OpenAI Compatible",
            $"  Base URL: {BaseAddress(setup.Gateway, setup.Dialect)}",
            $"  API Key: {setup.Token}",
            $"  Model ID: {setup.Model!.Name}",
            .. setup.Model.ContextTokens is { } tokens ? new[] { $"  Model Configuration, Context Window Size: {tokens}" } : [],
        ];
}
