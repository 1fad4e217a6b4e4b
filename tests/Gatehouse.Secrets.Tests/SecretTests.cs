using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Gatehouse.Secrets.Tests;

public sealed class SecretTests
{
    private const string Canary = "sk-canary-7fQ2vX9";
    private readonly Secret _secret = Secret.From(Canary);

    [Fact]
    public void String_conversion_in_all_its_forms_shows_a_mask()
    {
        _secret.ToString().ShouldBe("***");
        $"{_secret}".ShouldBe("***");
        string.Format(CultureInfo.InvariantCulture, "{0}", _secret).ShouldBe("***");
        string.Concat("key: ", _secret).ShouldBe("key: ***");
        new Holder("anthropic", _secret).ToString().ShouldNotContain(Canary);
    }

    [Fact]
    public void Json_shows_a_mask_and_reads_nothing()
    {
        JsonSerializer.Serialize(_secret).ShouldBe("\"***\"");
        JsonSerializer.Serialize(new Holder("anthropic", _secret)).ShouldNotContain(Canary);
        JsonSerializer.Serialize<object>(new { Key = _secret }).ShouldNotContain(Canary);
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Secret>($"\"{Canary}\"")).Message.ShouldNotContain(Canary);
    }

    [Fact]
    public void The_debugger_shows_a_mask()
    {
        foreach (var type in new[] { typeof(Secret), typeof(MasterKey), typeof(KeyRing), typeof(TokenHasher) })
        {
            type.GetCustomAttributes(typeof(DebuggerDisplayAttribute), false).ShouldHaveSingleItem()
                .ShouldBeOfType<DebuggerDisplayAttribute>().Value.ShouldBe("***");
        }
    }

    [Fact]
    public void Exceptions_that_mention_it_do_not_print_it()
    {
        var failure =
            new InvalidOperationException($"Calling with {_secret} failed", new ArgumentOutOfRangeException("key", _secret, "refused"));

        failure.ToString().ShouldNotContain(Canary);
    }

    [Fact]
    public void Types_that_hold_keys_print_a_mask_or_nothing()
    {
        var master = MasterKey.Generate();
        var ring = KeyRing.Open(master, [], TimeProvider.System);

        foreach (var text in new[] { master.ToString(), ring.Ring!.ToString(), ring.Ring.TokenHasher.ToString(), ring.ToString(),
            JsonSerializer.Serialize(master) })
        {
            text!.ShouldNotContain(master.Export());
        }
    }

    [Fact]
    public void It_gives_its_value_only_when_asked_and_keeps_a_copy_of_its_own()
    {
        var bytes = "secret"u8.ToArray();
        var secret = Secret.From(bytes);
        bytes[0] = (byte)'X';

        secret.Reveal().ShouldBe("secret");
        secret.Utf8.SequenceEqual("secret"u8).ShouldBeTrue();
    }

    private sealed record Holder(string Provider, Secret Key);
}
