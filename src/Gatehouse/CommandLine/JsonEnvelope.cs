using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gatehouse.CommandLine;

/// <summary>
/// The one shape of everything that <c>--json</c> prints: <c>{ok, command, data, warnings, errors}</c>. Programs rely on it.
/// </summary>
internal static class JsonEnvelope
{
    // Written for terminals and programs, not for HTML: an arrow or an apostrophe stays readable.
    private static readonly JsonWriterOptions s_options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a report; <c>data</c> is null where there is none.</summary>
    public static void Write(Stream output, string command, Report report, Action<Utf8JsonWriter>? data)
    {
        // Whole or not at all: should the data fail to be written, the failure's own object is the only one.
        var whole = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(whole, s_options))
        {
            json.WriteStartObject();
            json.WriteBoolean("ok", report.ExitCode == ExitCode.Ok);
            json.WriteString("command", command);
            json.WritePropertyName("data");
            if (data is null) json.WriteNullValue();
            else data(json);
            json.WriteStartArray("warnings");
            foreach (var warning in report.Warnings) json.WriteStringValue(warning);
            json.WriteEndArray();
            json.WriteStartArray("errors");
            foreach (var problem in report.Problems) WriteProblem(json, problem);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        whole.Write("\n"u8);
        output.Write(whole.WrittenSpan);
        output.Flush();
    }

    private static void WriteProblem(Utf8JsonWriter json, Problem problem)
    {
        json.WriteStartObject();
        json.WriteString("message", problem.What);
        if (problem.Fix is { } fix) json.WriteString("fix", fix);
        if (problem.Path is { } path) json.WriteString("path", path);
        if (problem.Line is { } line) json.WriteNumber("line", line);
        if (problem.Origin is { } origin) json.WriteString("origin", origin);
        json.WriteEndObject();
    }
}
