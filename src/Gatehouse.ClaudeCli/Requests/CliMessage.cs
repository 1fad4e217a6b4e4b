namespace Gatehouse.ClaudeCli.Requests;

/// <summary>One message of a request.</summary>
/// <param name="IsAssistant">Whether the model wrote it; else the user did.</param>
/// <param name="Content">Its content as it stood: a string or an array of blocks.</param>
/// <param name="Key">What it is recognised by in a later request.</param>
internal sealed record CliMessage(bool IsAssistant, ReadOnlyMemory<byte> Content, MessageKey Key);
