using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Tests.Credentials;

public sealed class CredentialMaskTests
{
    private const string Key = "sk-proj-Ab+/=\"\\%<é>_0123456789";
    private static readonly JsonSerializerOptions s_relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly CredentialMask _mask = new(Secret.From(Key));

    [Fact]
    public void It_is_found_at_every_offset_and_nothing_else_is_touched()
    {
        var secret = Encoding.UTF8.GetBytes(Key);
        for (var at = 0; at < 300; at++)
        {
            var body = new byte[at + secret.Length + 7];
            body.AsSpan().Fill((byte)'s');
            secret.CopyTo(body, at);

            _mask.MaskInPlace(body).ShouldBeTrue();

            Encoding.UTF8.GetString(body).ShouldBe(new string('s', at) + new string('*', secret.Length) + "sssssss");
        }
    }

    [Fact]
    public void It_is_found_in_every_form_that_peers_give_it()
    {
        var forms = new[]
        {
            Key,
            JsonSerializer.Serialize(Key)[1..^1],
            JsonSerializer.Serialize(Key, s_relaxed)[1..^1],
            Key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("/", "\\/", StringComparison.Ordinal),
            Uri.EscapeDataString(Key),
            Uri.EscapeDataString(Key).ToLowerInvariant().Replace("sk-proj-ab", "sk-proj-Ab", StringComparison.Ordinal),
            string.Concat(Encoding.UTF8.GetBytes(Key).Select(octet => $"%{octet:X2}")),
        };
        foreach (var form in forms.Where(form => !form.Contains("\\u00E9", StringComparison.OrdinalIgnoreCase)))
        {
            var body = Encoding.UTF8.GetBytes($"{{\"error\":\"Incorrect key {form}.\"}}");
            var length = body.Length;

            _mask.MaskInPlace(body).ShouldBeTrue(form);

            body.Length.ShouldBe(length);
            Encoding.UTF8.GetString(body).ShouldBe($"{{\"error\":\"Incorrect key {new string('*', Encoding.UTF8.GetByteCount(form))}.\"}}");
        }
    }

    [Fact]
    public void An_ascii_key_is_found_whatever_a_json_writer_escapes()
    {
        const string ascii = "sk+live/0&1<2>3'4\"5\\6";
        var mask = new CredentialMask(Secret.From(ascii));
        foreach (var form in new[] { JsonSerializer.Serialize(ascii), JsonSerializer.Serialize(ascii)
            .ToLowerInvariant(), string.Concat(ascii.Select(c => $"\\u{(int)c:x4}")) })
        {
            var body = Encoding.UTF8.GetBytes(form);
            mask.MaskInPlace(body).ShouldBeTrue(form);
            body.Count((byte)'*').ShouldBe(form.Trim('"').Length);
        }
    }

    [Fact]
    public void It_is_found_more_than_once()
    {
        var body = Encoding.UTF8.GetBytes($"{Key}{Key} and {Uri.EscapeDataString(Key)}");

        _mask.MaskInPlace(body).ShouldBeTrue();

        Encoding.UTF8.GetString(body).Replace("*", "", StringComparison.Ordinal).ShouldBe(" and ");
    }

    [Fact]
    public void What_only_looks_like_it_is_left_alone()
    {
        foreach (var text in new[] { Key[..^1], Key[1..], Key.ToUpperInvariant(), "", "s", "sk-", "%", "%7", "\\", "\\u00", "%73%6b%2" })
        {
            var body = Encoding.UTF8.GetBytes(text);
            _mask.MaskInPlace(body).ShouldBeFalse();
            Encoding.UTF8.GetString(body).ShouldBe(text);
        }
    }

    [Fact]
    public void A_start_that_fails_does_not_hide_the_occurrence_behind_it()
    {
        var mask = new CredentialMask(Secret.From("aaaaaaab"));
        var body = "aaaaaaaaaaab"u8.ToArray();

        mask.MaskInPlace(body).ShouldBeTrue();

        Encoding.ASCII.GetString(body).ShouldBe("aaaa********");
    }

    [Fact]
    public void Short_secrets_are_not_searched_for()
    {
        var body = "none of this is secret, none"u8.ToArray();

        new CredentialMask(Secret.From("none")).MaskInPlace(body).ShouldBeFalse();
        new CredentialMask(Secret.From("")).MaskHeader("none").ShouldBe("none");
    }

    [Fact]
    public void A_header_without_it_is_the_same_object()
    {
        var mask = new CredentialMask(Secret.From("sk-0123456789"));
        const string clean = "req_011CVé";

        mask.MaskHeader(clean).ShouldBeSameAs(clean);
        mask.MaskHeader("Bearer sk-0123456789; é").ShouldBe("Bearer *************; é");
    }
}
