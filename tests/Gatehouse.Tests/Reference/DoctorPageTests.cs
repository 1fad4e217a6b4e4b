using System.Text.RegularExpressions;
using Gatehouse.Doctor;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Reference;

public sealed partial class DoctorPageTests
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
    public void Checks_that_troubleshooting_names_are_there()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "troubleshooting.md"));
        var known = DoctorChecks.All.Select(check => check.Id).ToHashSet();
        var named = Named().Matches(page).Select(match => match.Groups[1].Value).ToList();
        named.Count.ShouldBeGreaterThan(10);
        named.ShouldAllBe(id => known.Contains(id));
    }

    [Theory]
    [InlineData("No Gatehouse token")]
    [InlineData("This is not a token of this Gatehouse")]
    [InlineData("This Gatehouse token is damaged")]
    [InlineData("Two different Gatehouse tokens were sent")]
    [InlineData("No route for model '")]
    [InlineData("Nothing is served at this path")]
    public void Messages_that_troubleshooting_explains_are_the_gateways(string message)
    {
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "troubleshooting.md")).ShouldContain(message);
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Gatehouse.Gateway"), "*.cs", SearchOption.AllDirectories)
            .Any(file => File.ReadAllText(file).Contains(message, StringComparison.Ordinal)).ShouldBeTrue();
    }

    [GeneratedRegex("`((?:agent|codex)-[a-z-]+)`")]
    private static partial Regex Named();

    [Fact]
    public void Ids_are_unique() => DoctorChecks.All.Select(check => check.Id).ShouldBeUnique();
}
