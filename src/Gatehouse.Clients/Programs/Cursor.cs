using System.Collections.Immutable;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Programs;

/// <summary>Cursor. Its chat can call an OpenAI-compatible server, but calls it from the vendor's own machines.</summary>
internal sealed class Cursor : Client
{
    /// <inheritdoc/>
    public override string Id => "cursor";

    /// <inheritdoc/>
    public override string Label => "Cursor";

    /// <inheritdoc/>
    public override ClientSupport Support => ClientSupport.Printed;

    /// <inheritdoc/>
    public override string Reason => "It keeps its settings in its own store, and calls from its vendor's machines.";

    /// <inheritdoc/>
    public override ImmutableArray<Dialect> Dialects => [Dialect.OpenAiChat];

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Steps(ClientSetup setup) =>
    [
        "In Cursor's settings, under Models, API Keys:",
        $"  OpenAI API Key: {setup.Token}",
        $"  Override OpenAI Base URL: {BaseAddress(setup.Gateway, setup.Dialect)}",
        $"  Add a custom model: {setup.Model!.Name}",
        .. setup.Gateway.IsLoopback
            ? new[]
            {
                "Cursor's own servers make the calls, so they can't reach an address of this machine: Gatehouse must be reachable from outside,",
                "behind a proxy that speaks TLS, and --base-url must name that address. The token then travels over Cursor's servers.",
            }
            : ["Cursor's own servers make the calls: the token and the prompts travel over them."],
    ];
}
