using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Runtime;

/// <summary>An agent key as JSON: the shape that runners of SAM's kind read, and a member <c>runtime</c> with the rest.</summary>
public static class AgentKeyJson
{
    /// <summary>Writes it as one object.</summary>
    public static void Write(Utf8JsonWriter json, AgentKey key)
    {
        json.WriteStartObject();
        json.WriteString("apiKey"u8, key.ApiKey.Utf8);
        json.WriteString("credentialKind"u8, key.CredentialKind);
        json.WriteString("credentialSource"u8, key.CredentialSource);
        if (key.Inference is { } inference)
        {
            json.WriteStartObject("inferenceConfig"u8);
            json.WriteString("provider"u8, inference.Provider);
            json.WriteString("baseURL"u8, inference.BaseUrl);
            json.WriteString("model"u8, inference.Model);
            json.WriteString("apiKeySource"u8, inference.ApiKeySource);
            json.WriteEndObject();
        }

        json.WriteStartObject("runtime"u8);
        json.WriteString("harness"u8, key.Harness);
        json.WriteStartObject("environment"u8);
        foreach (var (name, value) in key.Environment) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteStartArray("files"u8);
        foreach (var file in key.Files) Write(json, file);
        json.WriteEndArray();
        json.WriteStartArray("secretNames"u8);
        foreach (var name in key.SecretNames) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteString("dialect"u8, key.Dialect?.Name());
        json.WriteString("chosenModel"u8, key.ChosenModel);
        json.WriteBoolean("isVendors"u8, key.IsVendors);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write(Utf8JsonWriter, AgentKey)"/> wrote; null when it is none. Members that are not known are passed over.</summary>
    public static AgentKey? Read(JsonElement json)
    {
        try
        {
            var runtime = json.GetProperty("runtime"u8);
            return new AgentKey
            {
                Harness = Text(runtime, "harness"),
                ApiKey = Secret.From(Text(json, "apiKey")),
                CredentialKind = Text(json, "credentialKind"),
                CredentialSource = Text(json, "credentialSource"),
                Inference = json.TryGetProperty("inferenceConfig"u8, out var inference)
                    ? new InferenceConfig(Text(inference, "provider"), Text(inference, "baseURL"), Text(inference, "model"), Text(inference, "apiKeySource")) : null,
                Environment = runtime.GetProperty("environment"u8).EnumerateObject()
                    .ToImmutableSortedDictionary(static one => one.Name, static one => one.Value.GetString() ?? throw new FormatException(), StringComparer.Ordinal),
                Files = [.. runtime.GetProperty("files"u8).EnumerateArray().Select(File)],
                SecretNames = [.. runtime.GetProperty("secretNames"u8).EnumerateArray().Select(static name => name.GetString() ?? throw new FormatException())],
                Dialect = DialectNames.TryParse(OptionalText(runtime, "dialect"), out var dialect) ? dialect : null,
                ChosenModel = OptionalText(runtime, "chosenModel"),
                IsVendors = runtime.TryGetProperty("isVendors"u8, out var vendors) && vendors.GetBoolean(),
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static RuntimeFile File(JsonElement json) => new()
    {
        Path = Text(json, "path"),
        HomeVariable = OptionalText(json, "homeVariable"),
        Content = Secret.From(Text(json, "content")),
        IsLogin = json.GetProperty("login"u8).GetBoolean(),
    };

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException();

    private static string? OptionalText(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static void Write(Utf8JsonWriter json, RuntimeFile file)
    {
        json.WriteStartObject();
        json.WriteString("path"u8, file.Path);
        json.WriteString("homeVariable"u8, file.HomeVariable);
        json.WriteString("content"u8, file.Content.Utf8);
        json.WriteString("mode"u8, "0600"u8);
        json.WriteBoolean("login"u8, file.IsLogin);
        json.WriteEndObject();
    }
}
