namespace Gatehouse.Simulator.Wire;

/// <summary>Whose envelope, headers and credentials an endpoint uses.</summary>
internal enum Vendor
{
    /// <summary>Messages.</summary>
    Anthropic,

    /// <summary>Chat Completions and Responses.</summary>
    OpenAi,
}
