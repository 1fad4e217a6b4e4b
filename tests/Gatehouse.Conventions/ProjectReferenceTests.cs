using System.Xml.Linq;
using Gatehouse.Conventions.Types;

namespace Gatehouse.Conventions;

/// <summary>Which project may use which. A new edge is a decision: it belongs in ARCHITECTURE.md first.</summary>
public class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> _allowed = new()
    {
        ["Gatehouse.Dialects"] = [],
        ["Gatehouse.Secrets"] = [],
        ["Gatehouse.Storage"] = [],
        ["Gatehouse.Catalog"] = ["Gatehouse.Dialects"],
        ["Gatehouse.Clients"] = ["Gatehouse.Catalog", "Gatehouse.Dialects", "Gatehouse.Secrets"],
        ["Gatehouse.Gateway"] = ["Gatehouse.Dialects", "Gatehouse.Catalog", "Gatehouse.Secrets", "Gatehouse.Storage"],
        // What Gateway stands on is part of what it shows, so who uses Gateway may name those types too.
        ["Gatehouse.Control"] = ["Gatehouse.Gateway", "Gatehouse.Dialects", "Gatehouse.Catalog", "Gatehouse.Secrets", "Gatehouse.Storage"],
        ["Gatehouse.ClaudeCli"] = ["Gatehouse.Gateway", "Gatehouse.Dialects", "Gatehouse.Secrets"],
        ["Gatehouse.Simulator"] = ["Gatehouse.Dialects"],
    };

    [Fact]
    public void Every_project_has_a_rule() =>
        SourceAssemblies.Names.Where(name => name != "Gatehouse" && !_allowed.ContainsKey(name))
            .ShouldBeNone("Projects in src without a rule here:");

    [Fact]
    public void Projects_refer_only_to_what_they_may_know() =>
        SourceAssemblies.Names.Where(_allowed.ContainsKey)
            .SelectMany(name => References(name).Except(_allowed[name]).Select(other => $"{name} → {other}"))
            .ShouldBeNone("Project references against the rules:");

    [Fact]
    public void Compiled_code_names_only_what_its_project_may_know() =>
        SourceAssemblies.Names.Where(_allowed.ContainsKey)
            .SelectMany(name => TypeReferences.Of(SourceAssemblies.File(name))
                .Where(type =>
                    type.Assembly.StartsWith("Gatehouse", StringComparison.OrdinalIgnoreCase) && !_allowed[name].Contains(type.Assembly))
                .Select(type => $"{name} → {type.FullName} of {type.Assembly}"))
            .ShouldBeNone("Types used against the rules:");

    [Fact]
    public void The_simulator_shares_only_the_event_writer_with_the_dialects_it_judges() =>
        TypeReferences.Of(SourceAssemblies.File("Gatehouse.Simulator"))
            .Where(type => type.Assembly == "Gatehouse.Dialects" && type.FullName != "Gatehouse.Dialects.Sse.SseWriter")
            .Select(type => type.FullName)
            .ShouldBeNone("Types of Gatehouse.Dialects used by the simulator:");

    [Fact]
    public void Source_projects_do_not_refer_to_test_packages()
    {
        string[] banned = ["xunit", "Shouldly", "FsCheck", "Anthropic", "OpenAI", "BenchmarkDotNet", "Microsoft.NET.Test.Sdk"];
        SourceAssemblies.Names
            .SelectMany(name => Elements(name, "PackageReference").Where(
                package => banned.Any(ban => package.StartsWith(ban, StringComparison.Ordinal))).Select(package => $"{name} → {package}"))
            .ShouldBeNone("Test packages in src:");
    }

    private static IEnumerable<string> References(string project) =>
        Elements(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

    private static IEnumerable<string> Elements(string project, string element) =>
        XDocument.Load(RepositoryFiles.Full($"src/{project}/{project}.csproj")).Descendants(element)
            .Select(at => at.Attribute("Include")!.Value);
}
