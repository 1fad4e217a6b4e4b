using System.Text;
using System.Text.Json;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>The ledger's form of server-tool counts: a small JSON object, names as the provider gave them.</summary>
internal static class ServerToolCounts
{
    /// <summary>Writes the object.</summary>
    public static string ToJson(Dictionary<string, long> counts)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var (name, count) in counts) json.WriteNumber(name, count);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
