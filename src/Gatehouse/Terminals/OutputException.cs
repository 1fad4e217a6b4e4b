namespace Gatehouse.Terminals;

/// <summary>Standard output takes nothing: it was closed, or leads to a full disk. Its message is the system's.</summary>
/// <param name="cause">What the system said. A closed output is a refused access to the platform, and the reason stands inside.</param>
internal sealed class OutputException(Exception cause) : IOException((cause.InnerException ?? cause).Message, cause);
