using System.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Tests.Conversations;

public sealed class SealedStateTests
{
    private static readonly byte[] s_state = Encoding.UTF8.GetBytes("{\"signature\":\"canary-state\"}");
    private readonly KeyRing _keys = KeyRing.Open(MasterKey.Generate(), [], TimeProvider.System).Ring!;

    [Fact]
    public void What_was_sealed_opens_where_it_was_issued_and_is_the_same_text_each_time()
    {
        var text = Seal(Of("up", "m", "cred"));
        text.ShouldStartWith(StateSeal.Mark);
        text.ShouldAllBe(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-' || letter == '_' || letter == '.');
        text.ShouldNotContain("canary");
        Seal(Of("up", "m", "cred")).ShouldBe(text);
        Open(Of("up", "m", "cred"), text).ShouldBe(s_state);
    }

    [Theory]
    [InlineData("other", "m", "cred")]
    [InlineData("up", "other", "cred")]
    [InlineData("up", "m", "other")]
    [InlineData("up", "m", null)]
    public void It_does_not_open_for_another_provider_model_or_account(string provider, string model, string? credential) =>
        Open(Of(provider, model, credential), Seal(Of("up", "m", "cred"))).ShouldBeNull();

    [Fact]
    public void Foreign_and_altered_text_is_no_state()
    {
        var seal = Of("up", "m", "cred");
        var text = Seal(seal);
        string[] wrong = ["", "gh1.", "gh1.AA", "EqoBCkgIARABGAIiQL", text[..^2], text[..^1] + (text[^1] == 'A' ? 'B' : 'A'), text
            + "AAAA", "gh1.!!", text.Replace("gh1.", "gh2.", StringComparison.Ordinal)];
        foreach (var each in wrong) Open(seal, each).ShouldBeNull(each);
    }

    private SealedState Of(string provider, string model, string? credential) => new(_keys, provider, model, credential);

    private static string Seal(SealedState seal)
    {
        using var buffer = new PooledBuffer();
        seal.Seal(s_state, buffer);
        return Encoding.UTF8.GetString(buffer.Written);
    }

    private static byte[]? Open(SealedState seal, string text)
    {
        using var buffer = new PooledBuffer();
        return seal.TryOpen(Encoding.UTF8.GetBytes(text), buffer) ? buffer.Written.ToArray() : null;
    }
}
