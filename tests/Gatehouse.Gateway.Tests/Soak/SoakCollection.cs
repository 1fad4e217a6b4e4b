namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>Long runs that measure the process or fill the machine: one after the other, after everything else.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SoakCollection
{
    public const string Name = "soak";
}
