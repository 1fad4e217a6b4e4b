using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Gatehouse.Conventions.Types;

/// <summary>Reads from an assembly's metadata which types of other assemblies its code names.</summary>
internal static class TypeReferences
{
    /// <summary>A named type: the assembly it is looked for in, and its full name with <c>+</c> before a nested one.</summary>
    public readonly record struct Reference(string Assembly, string FullName);

    /// <summary>All of them, in no order.</summary>
    public static IReadOnlyList<Reference> Of(string file)
    {
        using var stream = File.OpenRead(file);
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(handle => Read(metadata, handle))];
    }

    private static Reference Read(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        var name = metadata.GetString(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            var outer = Read(metadata, (TypeReferenceHandle)type.ResolutionScope);
            return outer with { FullName = $"{outer.FullName}+{name}" };
        }
        var space = metadata.GetString(type.Namespace);
        var assembly = type.ResolutionScope.Kind == HandleKind.AssemblyReference
            ? metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name)
            : "";
        return new Reference(assembly, space.Length == 0 ? name : $"{space}.{name}");
    }
}
