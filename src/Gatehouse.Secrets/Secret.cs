using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Secrets;

/// <summary>
/// A provider key or token in memory. It can't be printed: string conversion, the debugger and JSON all show a mask, so a log line, an
/// exception text or a serialised object that holds one says nothing. Immutable and thread-safe.
/// </summary>
[DebuggerDisplay("***")]
[JsonConverter(typeof(MaskingConverter))]
public sealed class Secret
{
    private readonly byte[] _utf8;

    private Secret(byte[] utf8) => _utf8 = utf8;

    /// <summary>Wraps a value; the caller should drop its own copy.</summary>
    public static Secret From(string value) => new(Encoding.UTF8.GetBytes(value));

    /// <summary>Wraps a copy of UTF-8 bytes.</summary>
    public static Secret From(ReadOnlySpan<byte> utf8) => new(utf8.ToArray());

    /// <summary>The UTF-8 bytes. For hashing, sealing, and searching a response for the secret; never for output.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>The value as a string, for the one header that carries it upstream.</summary>
    public string Reveal() => Encoding.UTF8.GetString(_utf8);

    /// <summary>Always the mask.</summary>
    public override string ToString() => "***";

    private sealed class MaskingConverter : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new JsonException("A secret is never read from JSON.");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue("***");
    }
}
