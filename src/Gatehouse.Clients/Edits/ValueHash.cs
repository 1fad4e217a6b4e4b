using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Clients.Edits;

/// <summary>A hash of a value, the same for equal values: by it we recognise what we wrote without keeping it. Not for secrets of low entropy.</summary>
internal static class ValueHash
{
    /// <summary>SHA-256 of the value's canonical text, in hexadecimal.</summary>
    public static string Of(ConfigValue value)
    {
        var text = new StringBuilder();
        Write(text, value);
        // Hashed as UTF-16, because JSON may hold half of a surrogate pair, which UTF-8 can't.
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(text.ToString().AsSpan())));
    }

    private static void Write(StringBuilder text, ConfigValue value)
    {
        switch (value)
        {
            case ConfigString at: Write(text, 's', at.Text); break;
            case ConfigNumber at: Write(text, 'n', at.Text); break;
            case ConfigTime at: Write(text, 't', at.Text); break;
            case ConfigBoolean at: text.Append(at.Value ? '+' : '-'); break;
            case ConfigNull: text.Append('0'); break;
            case ConfigArray at:
                text.Append('[');
                foreach (var item in at.Items) Write(text, item);
                text.Append(']');
                break;
            case ConfigObject at:
                text.Append('{');
                foreach (var member in at.Members.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    Write(text, 'k', member.Key);
                    Write(text, member.Value);
                }
                text.Append('}');
                break;
            default: throw new ArgumentException($"{value.Kind} has no hash", nameof(value));
        }
    }

    // With its length before it, no text can pass for the end of itself.
    private static void Write(StringBuilder text, char kind, string content) =>
        text.Append(kind).Append(content.Length.ToString(CultureInfo.InvariantCulture)).Append(':').Append(content);
}
