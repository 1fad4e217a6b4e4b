using System.Reflection;

namespace Gatehouse.Conventions.Types;

/// <summary>The assemblies that src builds, as they lie beside these tests.</summary>
internal static class SourceAssemblies
{
    /// <summary>Their names: one per project folder in src.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.GetDirectories(RepositoryFiles.Full("src")).Where(folder => Directory.GetFiles(folder, "*.csproj").Length > 0)
            .Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    /// <summary>The file of an assembly. The program's own is named like its command.</summary>
    public static string File(string name) => Path.Combine(AppContext.BaseDirectory, name == "Gatehouse" ? "gatehouse.dll" : $"{name}.dll");

    /// <summary>Each, loaded, with its name.</summary>
    public static IEnumerable<(string Name, Assembly Assembly)> Loaded => Names.Select(name => (name, Assembly.LoadFrom(File(name))));

    /// <summary>The types that people wrote: none that the compiler, a generator or an interceptor made.</summary>
    public static IEnumerable<Type> Written(Assembly assembly) =>
        assembly.GetTypes().Where(type => !Made(type));

    private static bool Made(Type type)
    {
        for (var at = type; at is not null; at = at.DeclaringType)
        {
            if (at.Name.Contains('<', StringComparison.Ordinal)) return true;
            if (at.CustomAttributes.Any(
                mark => mark.AttributeType.Name is "CompilerGeneratedAttribute" or "GeneratedCodeAttribute" or "EmbeddedAttribute")
                && !typeof(System.Text.Json.Serialization.JsonSerializerContext).IsAssignableFrom(at)) return true;
        }
        return type.Namespace is null || type.Namespace.StartsWith("System.", StringComparison.Ordinal)
            || type.Namespace.StartsWith("Microsoft.", StringComparison.Ordinal);
    }
}
