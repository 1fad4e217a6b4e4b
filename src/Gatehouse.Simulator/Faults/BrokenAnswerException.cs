namespace Gatehouse.Simulator.Faults;

/// <summary>
/// Leaves the handler of an answer that must break: the server then closes the connection without the end of the HTTP message.
/// Everything written before it still arrives, which an abort does not promise.
/// </summary>
internal sealed class BrokenAnswerException() : Exception("The answer was cut short on purpose.");
