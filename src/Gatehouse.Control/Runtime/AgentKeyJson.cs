using System.Text.Json;

namespace Gatehouse.Control.Runtime;

/// <summary>An agent key as JSON: the shape that runners of SAM's kind read, and a member <c>runtime</c> with the rest.</summary>
internal static class AgentKeyJson
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
        json.WriteEndObject();
        json.WriteEndObject();
    }

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
