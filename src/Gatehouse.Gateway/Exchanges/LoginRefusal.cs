using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gatehouse.Gateway.Credentials;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// The vendor's refusal of a call that was made with a person's login: it passes with its status and its words, and what to do is put behind them.
/// Nothing gets around it. Stateless.
/// </summary>
internal static class LoginRefusal
{
    /// <summary>What is put behind the vendor's words.</summary>
    public const string Advice =
        " (Gatehouse made this call with the login of the claude program, as providers.*.auth says; the vendor decides what a login may be used for. "
        + "Use an API key: gatehouse credential add anthropic; or make the claude program itself the provider: providers.*.program. "
        + "If the login has ended, renew it: " + ClaudeLogin.Renewal + ")";

    // Of the vendor's refusals that are about how the call is paid for or by which program it is made, and have another status than 401 and 403.
    private static readonly string[] s_words = ["third-party", "third party", "extra usage", "only authorized for use with", "oauth", "billing", "credit balance", "plan limits"];

    /// <summary>Whether an answer is one.</summary>
    public static bool IsOne(ProviderCredential? credential, int status, ReadOnlySpan<byte> body)
    {
        if (credential is not { IsLogin: true }) return false;
        if (status is 401 or 402 or 403) return true;
        if (status is < 400 or >= 500) return false;
        var text = Encoding.UTF8.GetString(body);
        return s_words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The error document with the advice at the end of its message and nothing else changed; null when it has no message of the vendor's form.</summary>
    public static byte[]? WithAdvice(ReadOnlySpan<byte> body)
    {
        if (EndOfMessage(body) is not { } end) return null;
        var said = new ArrayBufferWriter<byte>(body.Length + Advice.Length);
        said.Write(body[..end]);
        said.Write(JsonEncodedText.Encode(Advice, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        said.Write(body[end..]);
        return said.WrittenSpan.ToArray();
    }

    // Where the closing quote of error.message stands.
    private static int? EndOfMessage(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            int? end = null;
            var inError = false;
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName) continue;
                if (reader.CurrentDepth == 1) inError = reader.ValueTextEquals("error"u8);
                var isMessage = inError && reader.CurrentDepth == 2 && reader.ValueTextEquals("message"u8);
                reader.Read();
                if (isMessage && reader.TokenType == JsonTokenType.String) end = (int)reader.BytesConsumed - 1;
            }

            return end;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
