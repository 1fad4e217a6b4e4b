using System.Text.Json;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Tests;

/// <summary>The fixture files beside the tests.</summary>
internal static class Fixtures
{
    /// <summary>The bytes of a fixture.</summary>
    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, name));

    /// <summary>The names of the files of a folder with an ending, without it.</summary>
    public static TheoryData<string> Names(string folder, string ending) =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, folder), "*" + ending).Select(file => Path.GetFileName(file)[..^ending.Length]).Order(StringComparer.Ordinal)];

    /// <summary>Lines "name: text" of a file.</summary>
    public static IReadOnlyDictionary<string, string> Lines(string file) =>
        File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, file)).Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    /// <summary>A value as fixtures write it: numbers, times and objects are objects of one member that names the kind.</summary>
    public static ConfigValue Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => ConfigValue.From(element.GetString()!),
        JsonValueKind.True or JsonValueKind.False => ConfigValue.From(element.GetBoolean()),
        JsonValueKind.Null => new ConfigNull(),
        JsonValueKind.Array => new ConfigArray([.. element.EnumerateArray().Select(Value)]),
        _ => element.EnumerateObject().Single() switch
        {
            { Name: "number" } kind => new ConfigNumber(kind.Value.GetString()!),
            { Name: "time" } kind => new ConfigTime(kind.Value.GetString()!),
            var kind => ConfigValue.Object(kind.Value.EnumerateObject().Select(member => (member.Name, Value(member.Value)))),
        },
    };
}
