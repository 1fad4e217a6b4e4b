using System.Collections.Immutable;

namespace Gatehouse.Clients.Programs;

/// <summary>A client that can't work through Gatehouse, because it speaks what Gatehouse does not.</summary>
internal sealed class RefusedClient(string id, string label, string? executable, string reason, params string[] otherNames) : Client
{
    /// <inheritdoc/>
    public override string Id => id;

    /// <inheritdoc/>
    public override string Label => label;

    /// <inheritdoc/>
    public override ClientSupport Support => ClientSupport.Refused;

    /// <inheritdoc/>
    public override ImmutableArray<string> OtherNames => [.. otherNames];

    /// <inheritdoc/>
    public override string? Executable => executable;

    /// <inheritdoc/>
    public override string Reason => reason;

    /// <summary>Gemini CLI.</summary>
    public static RefusedClient GeminiCli { get; } = new(
        "gemini-cli",
        "Gemini CLI",
        "gemini",
        "It speaks Gemini's generateContent, which Gatehouse does not speak.",
        "gemini");

    /// <summary>Amp.</summary>
    public static RefusedClient Amp { get; } = new(
        "amp",
        "Amp",
        "amp",
        "It sends its own control plane (threads, sign-in, search) to the same address as its model calls, and Gatehouse does not relay that.");
}
