using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Setups;

/// <summary>Values as JSON, for places that take a whole configuration in one text.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A value in one line.</summary>
    public static string OneLine(ConfigValue value)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, _options)) Write(json, value);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void Write(Utf8JsonWriter json, ConfigValue value)
    {
        switch (value)
        {
            case ConfigString text: json.WriteStringValue(text.Text); break;
            case ConfigNumber number: json.WriteRawValue(number.Text); break;
            case ConfigBoolean boolean: json.WriteBooleanValue(boolean.Value); break;
            case ConfigArray array:
                json.WriteStartArray();
                foreach (var item in array.Items) Write(json, item);
                json.WriteEndArray();
                break;
            case ConfigObject at:
                json.WriteStartObject();
                foreach (var member in at.Members)
                {
                    json.WritePropertyName(member.Key);
                    Write(json, member.Value);
                }

                json.WriteEndObject();
                break;
            default: json.WriteNullValue(); break;
        }
    }
}
