using System.Security.Cryptography;

namespace Gatehouse.Simulator.Wire;

/// <summary>Makes ids that look like the vendors'.</summary>
internal static class WireId
{
    private const string Base62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>Anthropic's: a prefix, <c>01</c> and 22 characters, for instance <c>msg_01…</c>.</summary>
    public static string Anthropic(string prefix) => $"{prefix}_01{RandomNumberGenerator.GetString(Base62, 22)}";

    /// <summary>OpenAI's newer ones: a prefix and 50 hexadecimal digits, for instance <c>resp_…</c>.</summary>
    public static string Hex(string prefix) => $"{prefix}_{RandomNumberGenerator.GetHexString(50, lowercase: true)}";

    /// <summary>OpenAI's older ones: a prefix and 24 or so letters and digits, for instance <c>call_…</c>.</summary>
    public static string Call() => $"call_{RandomNumberGenerator.GetString(Base62, 24)}";

    /// <summary>The id of a chat completion.</summary>
    public static string Chat() => $"chatcmpl-{RandomNumberGenerator.GetString(Base62, 29)}";
}
