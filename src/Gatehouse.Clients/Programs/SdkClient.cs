using System.Collections.Immutable;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients.Programs;

/// <summary>Programs that are made with a vendor's library, which takes address and key from the environment unless the program says otherwise.</summary>
internal sealed class SdkClient : Client
{
    private readonly string _prefix;
    private readonly ImmutableArray<Dialect> _dialects;

    private SdkClient(string id, string label, string prefix, ImmutableArray<Dialect> dialects) => (Id, Label, _prefix, _dialects) = (id, label, prefix, dialects);

    /// <summary>Anthropic's libraries.</summary>
    public static SdkClient Anthropic { get; } = new("anthropic-sdk", "Anthropic SDKs", "ANTHROPIC", [Dialect.Anthropic]);

    /// <summary>OpenAI's libraries.</summary>
    public static SdkClient OpenAi { get; } = new("openai-sdk", "OpenAI SDKs", "OPENAI", [Dialect.OpenAiResponses, Dialect.OpenAiChat]);

    /// <inheritdoc/>
    public override string Id { get; }

    /// <inheritdoc/>
    public override string Label { get; }

    /// <inheritdoc/>
    public override ClientSupport Support => ClientSupport.Printed;

    /// <inheritdoc/>
    public override string Reason => "A library has no settings of its own: the program that uses it is set up by variables, or in its code.";

    /// <inheritdoc/>
    public override ImmutableArray<Dialect> Dialects => _dialects;

    /// <inheritdoc/>
    public override ImmutableArray<SnippetFormat> Formats => [SnippetFormat.Shell, SnippetFormat.Env];

    /// <inheritdoc/>
    internal override ShellSetup Shell(ClientSetup setup) =>
        new(
            [new($"{_prefix}_BASE_URL", BaseAddress(setup.Gateway, setup.Dialect)), new($"{_prefix}_API_KEY", setup.Token)],
            _prefix == "ANTHROPIC" ? ["ANTHROPIC_AUTH_TOKEN"] : [],
            []);
}
