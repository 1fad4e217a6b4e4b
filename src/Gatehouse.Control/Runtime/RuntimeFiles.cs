using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Runtime;

/// <summary>The configuration of harnesses that take their provider from a file or from a whole configuration in a variable.</summary>
internal static class RuntimeFiles
{
    private const string Provider = "gatehouse";
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The files of a harness that calls through the gateway: Codex's settings, none for others.</summary>
    public static ImmutableArray<RuntimeFile> Of(Harness harness, string address, string model) => harness.Name != "openai-codex" ? [] :
    [
        new RuntimeFile { Path = ".codex/config.toml", HomeVariable = harness.HomeVariable, Content = Secret.From(Codex(harness, address, model)) },
    ];

    /// <summary>OpenCode's whole configuration in one line; its token is read from a variable.</summary>
    public static string OpenCode(Dialect dialect, string address, string tokenVariable, string model)
    {
        var (package, baseUrl) = dialect switch
        {
            // Each package appends only what follows /v1.
            Dialect.Anthropic => ("@ai-sdk/anthropic", address + "/v1"),
            Dialect.OpenAiResponses => ("@ai-sdk/openai", address),
            _ => ("@ai-sdk/openai-compatible", address),
        };
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            if (model.Length > 0) json.WriteString("model", $"{Provider}/{model}");
            json.WriteStartObject("provider");
            json.WriteStartObject(Provider);
            json.WriteString("npm", package);
            json.WriteString("name", "Gatehouse");
            json.WriteStartObject("options");
            json.WriteString("baseURL", baseUrl);
            json.WriteString("apiKey", $"{{env:{tokenVariable}}}");
            json.WriteEndObject();
            json.WriteStartObject("models");
            if (model.Length > 0)
            {
                json.WriteStartObject(model);
                json.WriteString("name", model);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Codex(Harness harness, string address, string model) =>
        (model.Length > 0 ? $"model = {Quoted(model)}\n" : "") + $"""
        model_provider = "{Provider}"

        [model_providers.{Provider}]
        name = "Gatehouse"
        base_url = {Quoted(address)}
        wire_api = "responses"
        supports_websockets = false
        env_key = {Quoted(harness.AuthVariable!)}

        """;

    // A basic string of TOML takes every escape that JSON writes.
    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
