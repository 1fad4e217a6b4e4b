using System.Security.Cryptography;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Requests;

/// <summary>The caller's tools in the form that a tool server lists them, their schemas as they stood.</summary>
/// <param name="Listed">The JSON array.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Digest">Equal for equal lists.</param>
internal sealed record CliTools(ReadOnlyMemory<byte> Listed, int Count, string Digest)
{
    /// <summary>The tools of the gateway's own as the program knows them; empty where they are the caller's.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Reads <c>tools</c>. Tools that the vendor runs itself can't be offered through the program; they are left out and told.</summary>
    public static CliTools Read(JsonView tools, List<string> losses)
    {
        var all = new List<(string Name, byte[] Tool)>();
        using var buffer = new PooledBuffer();
        foreach (var tool in tools.Items)
        {
            var type = tool["type"u8];
            if (type.Exists && !type.Is("custom"u8))
            {
                if (!losses.Contains("server_tools")) losses.Add("server_tools");
                continue;
            }

            buffer.Clear();
            Write(tool, buffer);
            all.Add((tool["name"u8].Text() ?? "", buffer.Written.ToArray()));
        }

        // Some clients list the same tools in another order each time. In one order they are one set, and one prefix in the vendor's cache.
        all.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        buffer.Clear();
        var json = new JsonWriter(buffer);
        json.BeginArray();
        foreach (var (_, tool) in all) json.Raw(tool);
        json.EndArray();
        return new CliTools(buffer.Written.ToArray(), all.Count, Convert.ToHexString(SHA256.HashData(buffer.Written)));
    }

    private static void Write(JsonView tool, PooledBuffer buffer)
    {
        var json = new JsonWriter(buffer);
        json.BeginObject();
        json.Raw("name"u8, tool["name"u8].Raw);
        json.RawIfPresent("description"u8, tool["description"u8]);
        json.Raw("inputSchema"u8, tool["input_schema"u8] is { IsObject: true } schema ? schema.Raw : "{\"type\":\"object\"}"u8);
        // Without it the program would run one call after the other, and the second would only be seen when the first has its result.
        json.BeginObject("annotations"u8);
        json.Bool("readOnlyHint"u8, true);
        json.EndObject();
        json.EndObject();
        buffer.FlattenLines(0);
    }
}
