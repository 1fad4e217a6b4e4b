using Gatehouse.Doctor;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Reference;

public sealed class DoctorPageTests
{
    private static readonly string _page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "doctor.md"));

    [Fact]
    public void Every_check_is_in_the_page_and_says_whether_it_mends()
    {
        foreach (var check in DoctorChecks.All)
        {
            var row = _page.Split('\n').SingleOrDefault(line => line.StartsWith($"| `{check.Id}` |", StringComparison.Ordinal))
                .ShouldNotBeNull($"docs/doctor.md has no row for {check.Id}");
            var mends = row.Split('|')[^2].Trim();
            (mends != "–").ShouldBe(check.IsFixable, $"{check.Id}: {mends}");
        }
    }

    [Fact]
    public void The_page_has_no_check_that_is_not_there()
    {
        var known = DoctorChecks.All.Select(check => check.Id).Concat(["exchange", "models", "count_tokens", "stream", "tools", "usage"])
            .ToHashSet();
        _page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1])
            .ShouldAllBe(id => known.Contains(id));
    }

    [Fact]
    public void Ids_are_unique() => DoctorChecks.All.Select(check => check.Id).ShouldBeUnique();
}
