namespace Gatehouse.Clients.Edits;

/// <summary>Carries a fault from the depth of a reader up to its document, which hands it on as a value. Never leaves a document's Parse.</summary>
internal sealed class SyntaxException(SyntaxFault fault) : Exception(fault.ToString())
{
    /// <summary>What is wrong, and where.</summary>
    public SyntaxFault Fault { get; } = fault;
}
