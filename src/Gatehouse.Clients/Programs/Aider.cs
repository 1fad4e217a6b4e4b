using System.Collections.Immutable;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Programs;

/// <summary>Aider. Takes an OpenAI-compatible server from environment variables.</summary>
internal sealed class Aider : Client
{
    /// <inheritdoc/>
    public override string Id => "aider";

    /// <inheritdoc/>
    public override string Label => "Aider";

    /// <inheritdoc/>
    public override ClientSupport Support => ClientSupport.Printed;

    /// <inheritdoc/>
    public override string Executable => "aider";

    /// <inheritdoc/>
    public override string Reason => "Its files are searched in several folders and merged, so a line in one may be undone by another; its variables are certain.";

    /// <inheritdoc/>
    public override ImmutableArray<Dialect> Dialects => [Dialect.OpenAiChat];

    /// <inheritdoc/>
    public override ImmutableArray<SnippetFormat> Formats => [SnippetFormat.Shell, SnippetFormat.Env];

    // The word before the slash tells Aider's library how to speak; what follows it is sent as the model's name.
    /// <inheritdoc/>
    internal override ShellSetup Shell(ClientSetup setup) => new(
        [
            new("OPENAI_API_BASE", BaseAddress(setup.Gateway, setup.Dialect)),
            new("OPENAI_API_KEY", setup.Token),
            new("AIDER_MODEL", $"openai/{setup.Model!.Name}"),
            new("AIDER_WEAK_MODEL", $"openai/{(setup.FastModel ?? setup.Model).Name}"),
        ],
        [],
        []);
}
