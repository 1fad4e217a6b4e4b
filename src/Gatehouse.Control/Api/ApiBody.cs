using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Control.Api;

/// <summary>A body that was read, or why it can't be taken.</summary>
/// <param name="Content">The body as its type.</param>
/// <param name="Raw">The body as it came.</param>
/// <param name="Refusal">Why not; null when it was read.</param>
internal readonly record struct ReadBody(object? Content, JsonElement Raw, ApiAnswer? Refusal);

/// <summary>
/// Reads bodies strictly: a member that is not known, given twice or of another type is refused, so that nobody believes in a setting that was
/// ignored. What was given is never repeated: it may be a secret.
/// </summary>
internal static class ApiBody
{
    /// <summary>The largest body that is taken, bytes: a login file with its escapes fits.</summary>
    public const int Largest = 256 * 1024;

    /// <summary>How JSON is read and written.</summary>
    public static JsonSerializerOptions Options { get; } = MakeOptions();

    /// <summary>Reads a body.</summary>
    public static async Task<ReadBody> ReadAsync(HttpRequest request, Type type, CancellationToken cancellation)
    {
        if (request.ContentType?.Split(';', 2)[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase) != true)
            return Refused(415, "not-json", "The body must be JSON, with 'content-type: application/json'.");
        if (await BytesAsync(request, cancellation) is not { } bytes)
            return Refused(413, "too-large", $"The body is larger than {Largest / 1024} KiB.");
        try
        {
            var reader = new Utf8JsonReader(bytes.WrittenSpan, new JsonReaderOptions { MaxDepth = Options.MaxDepth });
            var raw = JsonElement.ParseValue(ref reader);
            var content = JsonSerializer.Deserialize(bytes.WrittenSpan, type, Options);
            return content is null ? Wrong(type) : new ReadBody(content, raw, null);
        }
        catch (JsonException)
        {
            return Wrong(type);
        }
    }

    private static JsonSerializerOptions MakeOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Strict)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            NumberHandling = JsonNumberHandling.Strict,
            MaxDepth = 16,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private static ReadBody Wrong(Type type)
    {
        var members = Options.GetTypeInfo(type).Properties;
        return Refused(
            400, "invalid",
            $"The body is not what is taken here: a JSON object with {string.Join(", ", members.Select(static m => m.IsRequired ? $"{m.Name} (needed)" : m.Name))}, "
            + "each once and of its type, and nothing else.");
    }

    private static ReadBody Refused(int status, string code, string detail) => new(null, default, ApiAnswer.Failed(status, code, detail));

    private static async Task<ArrayBufferWriter<byte>?> BytesAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentLength > Largest) return null;
        var buffer = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            var read = await request.Body.ReadAsync(buffer.GetMemory(4096), cancellation);
            if (read == 0) return buffer;
            buffer.Advance(read);
            if (buffer.WrittenCount > Largest) return null;
        }
    }
}
