namespace Gatehouse.Conventions;

/// <summary>Makes a test fail with the whole list of what breaks its rule.</summary>
internal static class Offenders
{
    /// <summary>Fails when there is any, naming the rule and each offender on a line of its own.</summary>
    public static void ShouldBeNone(this IEnumerable<string> offenders, string rule)
    {
        var found = offenders.Distinct().Order(StringComparer.Ordinal).ToList();
        if (found.Count > 0) Assert.Fail($"{rule}\n  {string.Join("\n  ", found)}");
    }
}
