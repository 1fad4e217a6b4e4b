namespace Gatehouse.ClaudeCli.Tests.Workbench;

/// <summary>As other systems open files, by their path, looking again afterwards. Who swaps links at the same moment may win there, so that is not asked of it.</summary>
public sealed class PlainConfinementTests() : ConfinementTests(hasSteps: false);
