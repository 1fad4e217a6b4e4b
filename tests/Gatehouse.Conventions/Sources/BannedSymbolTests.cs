using System.Net.Http;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Gatehouse.Conventions.Sources;

/// <summary>What is banned is banned in each of its forms: a call that the list forgets waits as long as the one that it names.</summary>
public class BannedSymbolTests
{
    private static readonly HashSet<string> _banned = [.. File.ReadLines(RepositoryFiles.Full("BannedSymbols.txt")).Select(line => line.Split(';')[0])];

    public static TheoryData<Type, string> Banned => new()
    {
        { typeof(DateTime), "Now" },
        { typeof(DateTime), "UtcNow" },
        { typeof(DateTime), "Today" },
        { typeof(DateTimeOffset), "Now" },
        { typeof(DateTimeOffset), "UtcNow" },
        { typeof(HttpClient), ".ctor" },
        { typeof(Task<>), "Result" },
        { typeof(ValueTask<>), "Result" },
        { typeof(Task), "Wait" },
        { typeof(SemaphoreSlim), "Wait" },
        { typeof(ManualResetEventSlim), "Wait" },
        { typeof(Task), "WaitAll" },
        { typeof(Task), "WaitAny" },
        { typeof(TaskAwaiter), "GetResult" },
        { typeof(TaskAwaiter<>), "GetResult" },
    };

    [Theory]
    [MemberData(nameof(Banned))]
    public void Every_form_of_what_is_banned_stands_in_the_list(Type type, string name)
    {
        var forms = type.GetMember(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static).Select(member => Id(type, member)).ToList();
        forms.ShouldNotBeEmpty();
        forms.Where(form => !_banned.Contains(form)).ShouldBeNone("Not in BannedSymbols.txt:");
    }

    [Fact]
    public void Log_messages_written_on_the_spot_are_banned() => _banned.ShouldContain("T:Microsoft.Extensions.Logging.LoggerExtensions");

    [Fact]
    public void Every_project_of_src_is_held_to_the_list()
    {
        var props = XDocument.Load(RepositoryFiles.Full("Directory.Build.props"));
        var group = props.Descendants("AdditionalFiles").Single(file => file.Attribute("Include")!.Value.EndsWith("BannedSymbols.txt", StringComparison.Ordinal)).Parent!;
        group.Attribute("Condition")!.Value.ShouldBe("'$(ProjectArea)' == 'src'");
        group.Elements("PackageReference").Select(package => package.Attribute("Include")!.Value).ShouldContain("Microsoft.CodeAnalysis.BannedApiAnalyzers");
        RepositoryFiles.Read(".editorconfig").ShouldNotContain("RS0030");
    }

    /// <summary>The member's id as the compiler writes it, which is what the list holds.</summary>
    private static string Id(Type type, MemberInfo member)
    {
        if (member is PropertyInfo) return $"P:{type.FullName}.{member.Name}";
        var parameters = string.Join(",", ((MethodBase)member).GetParameters().Select(parameter => Name(parameter.ParameterType)));
        return $"M:{type.FullName}.{member.Name.Replace(".ctor", "#ctor", StringComparison.Ordinal)}{(parameters.Length > 0 ? $"({parameters})" : "")}";
    }

    private static string Name(Type type)
    {
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (!type.IsGenericType) return type.FullName!;
        var open = type.GetGenericTypeDefinition().FullName!;
        return $"{open[..open.IndexOf('`', StringComparison.Ordinal)]}{{{string.Join(",", type.GetGenericArguments().Select(Name))}}}";
    }
}
