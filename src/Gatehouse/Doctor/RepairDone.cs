namespace Gatehouse.Doctor;

/// <summary>What became of a repair.</summary>
/// <param name="File">The file that it is about.</param>
/// <param name="Change">What was to change, as it was shown.</param>
/// <param name="Problem">Why it was not done; null when it was.</param>
internal sealed record RepairDone(string File, string Change, string? Problem);
