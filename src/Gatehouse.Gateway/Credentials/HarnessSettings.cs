using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// What a harness is told besides its credential. An open record: members that this version does not know are kept as they are. No address
/// and no dialect of a host are among them; those are sealed with the credential. Immutable.
/// </summary>
public sealed record HarnessSettings
{
    /// <summary>Nothing set.</summary>
    public static HarnessSettings None { get; } = new();

    /// <summary>The model to tell the harness; null for the platform's default.</summary>
    public string? Model { get; init; }

    /// <summary>The harness's permission mode.</summary>
    public string? PermissionMode { get; init; }

    /// <summary>The harness's reasoning effort.</summary>
    public string? Effort { get; init; }

    /// <summary>The provider's id in usage reports, where its owner wants another than the host's.</summary>
    public string? ProviderId { get; init; }

    /// <summary>The provider's name in usage reports.</summary>
    public string? ProviderName { get; init; }

    /// <summary>The other members, raw JSON by name.</summary>
    public ImmutableSortedDictionary<string, string> Other { get; init; } = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Reads stored JSON. What can't be read is nothing set, and a known member that is no text is absent: a bad row must not stop others.</summary>
    public static HarnessSettings Parse(string? json)
    {
        if (json is null) return None;
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.EnumerateObject().Aggregate(None, With)
                : None;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return None;
        }
    }

    /// <summary>The JSON to store.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in Known())
            {
                if (value is not null) json.WriteString(name, value);
            }
            foreach (var (name, raw) in Other)
            {
                json.WritePropertyName(name);
                json.WriteRawValue(raw);
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private (string Name, string? Value)[] Known() =>
        [("model", Model), ("permissionMode", PermissionMode), ("effort", Effort), ("providerId", ProviderId), ("providerName", ProviderName)];

    private static HarnessSettings With(HarnessSettings settings, JsonProperty member)
    {
        var text = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : null;
        return member.Name switch
        {
            "model" => settings with { Model = text },
            "permissionMode" => settings with { PermissionMode = text },
            "effort" => settings with { Effort = text },
            "providerId" => settings with { ProviderId = text },
            "providerName" => settings with { ProviderName = text },
            var name => settings with { Other = settings.Other.SetItem(name, member.Value.GetRawText()) },
        };
    }
}
