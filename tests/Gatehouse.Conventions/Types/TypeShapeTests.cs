using System.Xml.Linq;

namespace Gatehouse.Conventions.Types;

public class TypeShapeTests
{
    [Fact]
    public void A_class_is_sealed_static_or_abstract() =>
        SourceAssemblies.Loaded.SelectMany(at => SourceAssemblies.Written(at.Assembly))
            .Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false })
            .Select(type => type.FullName!)
            .ShouldBeNone("Classes that are open for no reason:");

    [Fact]
    public void A_top_level_type_says_what_it_is()
    {
        var offenders = new List<string>();
        foreach (var (name, assembly) in SourceAssemblies.Loaded)
        {
            var documented = Documented(Path.ChangeExtension(SourceAssemblies.File(name), ".xml"));
            offenders.AddRange(SourceAssemblies.Written(assembly).Where(type => !type.IsNested && !documented.Contains(type.FullName!))
                .Select(type => type.FullName!));
        }
        offenders.ShouldBeNone("Types without a doc comment that has a summary:");
    }

    /// <summary>
    /// The names of the types whose documentation has words in its summary; internal ones are in the compiler's file as well.
    /// </summary>
    private static HashSet<string> Documented(string file) =>
        [.. XDocument.Load(file).Descendants("member")
            .Where(member => member.Attribute("name")!.Value.StartsWith("T:", StringComparison.Ordinal))
            .Where(member => member.Element("summary") is { } summary && (summary.HasElements || !string.IsNullOrWhiteSpace(summary.Value)))
            .Select(member => member.Attribute("name")!.Value[2..])];
}
