using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Setups;

/// <summary>What a restore leaves in place although it is ours, because something of the client's own refers to it.</summary>
/// <param name="Below">Everything at and below this path stays.</param>
/// <param name="Reason">Why, for a person.</param>
internal sealed record Keeping(KeyPath Below, string Reason);
