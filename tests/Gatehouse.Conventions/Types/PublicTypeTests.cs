using System.Reflection;

namespace Gatehouse.Conventions.Types;

/// <summary>
/// Public means that another project uses it: by name in its compiled code, or through the signature of a type that is used so.
/// </summary>
public class PublicTypeTests
{
    private const string List = "public-type-allow-list.txt";

    [Fact]
    public void A_public_type_is_used_by_another_project()
    {
        var allowed = RepositoryFiles.Allowed(List);
        Unused().Where(name => !allowed.ContainsKey(name))
            .ShouldBeNone($"Public, but used by no other project: make it internal, or add it to {List} with its reason.");
    }

    [Fact]
    public void The_allow_list_holds_only_unused_types_and_a_reason_for_each()
    {
        var unused = Unused().ToHashSet();
        RepositoryFiles.Allowed(List).Where(entry => !unused.Contains(entry.Key) || entry.Value.Length < 15).Select(entry => entry.Key)
            .ShouldBeNone($"In {List}, but used (or gone), or without a reason.");
    }

    /// <summary>The one test project that sees no internals: it stands outside, as another project does.</summary>
    private static string EndToEnd => RepositoryFiles.Full(Path.Combine(
        "tests", "Gatehouse.EndToEnd", "bin", Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!, "net10.0",
            "Gatehouse.EndToEnd.dll"));

    private static IEnumerable<string> Unused()
    {
        var loaded = SourceAssemblies.Loaded.ToList();
        var named = loaded.Select(at => SourceAssemblies.File(at.Name)).Append(EndToEnd).SelectMany(TypeReferences.Of)
            .Select(reference => reference.FullName).ToHashSet();
        var used = new HashSet<Type>();
        var waiting =
            new Queue<Type>(loaded.SelectMany(at => at.Assembly.GetExportedTypes()).Where(type => named.Contains(type.FullName!)));
        while (waiting.TryDequeue(out var type))
        {
            if (!used.Add(type)) continue;
            foreach (var seen in Signature(type).SelectMany(Parts)) waiting.Enqueue(seen);
        }
        return loaded.SelectMany(at => SourceAssemblies.Written(at.Assembly).Where(type => type.IsVisible && !used.Contains(type)))
            .Select(type => type.FullName!);
    }

    /// <summary>Every type that a caller meets in the visible members of a type.</summary>
    private static IEnumerable<Type> Signature(Type type)
    {
        const BindingFlags all =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (type.BaseType is { } parent) yield return parent;
        if (type.DeclaringType is { } outer) yield return outer;
        foreach (var contract in type.GetInterfaces()) yield return contract;
        foreach (var field in type.GetFields(all).Where(field => field.IsPublic || field.IsFamily)) yield return field.FieldType;
        foreach (var method in type.GetMethods(all).Where(Visible))
        {
            yield return method.ReturnType;
            foreach (var parameter in method.GetParameters()) yield return parameter.ParameterType;
        }
        foreach (var constructor in type.GetConstructors(all).Where(Visible))
            foreach (var parameter in constructor.GetParameters()) yield return parameter.ParameterType;
    }

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType) return Parts(type.GetElementType()!);
        if (!type.IsGenericType) return [type];
        return type.GetGenericArguments().Where(argument => !argument.IsGenericParameter).SelectMany(Parts)
            .Append(type.GetGenericTypeDefinition());
    }
}
