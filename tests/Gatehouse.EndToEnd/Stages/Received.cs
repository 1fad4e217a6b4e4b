using Gatehouse.EndToEnd.Wire;

namespace Gatehouse.EndToEnd.Stages;

/// <summary>A request as the simulated provider received it.</summary>
/// <param name="Request">The request.</param>
/// <param name="CallerGone">Whether the caller left before its answer was whole.</param>
internal sealed record Received(SentRequest Request, bool CallerGone);
