using Gatehouse.ClaudeCli.Programs;
using Gatehouse.Gateway.Conversations;
using Microsoft.Extensions.Logging;

namespace Gatehouse.ClaudeCli;

/// <summary>What the programs of one gateway share with it.</summary>
/// <param name="Environment">Reads a variable of the gateway's own environment.</param>
/// <param name="Store">Where what must outlive the gateway is kept.</param>
/// <param name="Records">Where running processes are written down.</param>
/// <param name="Logging">Where the log goes.</param>
/// <param name="Time">The clock.</param>
internal sealed record ProgramPlace(Func<string, string?> Environment, ReasoningStore Store, ProcessRecords Records, ILoggerFactory Logging, TimeProvider Time);
