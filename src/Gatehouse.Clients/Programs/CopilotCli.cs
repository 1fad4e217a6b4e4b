using System.Collections.Immutable;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Programs;

/// <summary>GitHub Copilot CLI. Takes a provider of one's own from environment variables alone.</summary>
internal sealed class CopilotCli : Client
{
    /// <inheritdoc/>
    public override string Id => "copilot-cli";

    /// <inheritdoc/>
    public override string Label => "Copilot CLI";

    /// <inheritdoc/>
    public override ClientSupport Support => ClientSupport.Printed;

    /// <inheritdoc/>
    public override ImmutableArray<string> OtherNames => ["copilot"];

    /// <inheritdoc/>
    public override string Executable => "copilot";

    /// <inheritdoc/>
    public override string Reason => "It takes a provider from environment variables alone; there is no file to write.";

    /// <inheritdoc/>
    public override ImmutableArray<Dialect> Dialects => [Dialect.Anthropic, Dialect.OpenAiResponses, Dialect.OpenAiChat];

    /// <inheritdoc/>
    public override ImmutableArray<SnippetFormat> Formats => [SnippetFormat.Shell, SnippetFormat.Env];

    /// <inheritdoc/>
    internal override ShellSetup Shell(ClientSetup setup) => new(
        [
            new("COPILOT_PROVIDER_BASE_URL", BaseAddress(setup.Gateway, setup.Dialect)),
            new("COPILOT_PROVIDER_TYPE", setup.Dialect == Dialect.Anthropic ? "anthropic" : "openai"),
            new("COPILOT_PROVIDER_API_KEY", setup.Token),
            new("COPILOT_MODEL", setup.Model!.Name),
            .. setup.Dialect == Dialect.OpenAiResponses ? new KeyValuePair<string, string>[] { new("COPILOT_PROVIDER_WIRE_API", "responses") } : [],
        ],
        [],
        []);
}
