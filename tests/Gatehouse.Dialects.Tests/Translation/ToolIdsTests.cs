using System.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

public sealed class ToolIdsTests
{
    [Theory]
    [InlineData("toolu_01AbC-9", "toolu_01AbC-9")]
    [InlineData("call_x", "call_x")]
    [InlineData("functions.bash:0", "ghid_ZnVuY3Rpb25zLmJhc2g6MA")]
    [InlineData("ghid_x", "ghid_Z2hpZF94")]
    public void A_client_gets_the_upstreams_id_or_a_wrapped_one(string upstream, string client) => ToClient(upstream).ShouldBe(client);

    [Theory]
    [InlineData("functions.bash:0")]
    [InlineData("toolu_01AbC")]
    [InlineData("a b")]
    public void A_chat_upstream_gets_its_own_id_back(string id) => ToUpstream(Dialect.OpenAiChat, ToClient(id)).ShouldBe(id);

    [Theory]
    [InlineData(Dialect.Anthropic, "call.with:dots")]
    [InlineData(Dialect.OpenAiResponses, "call.with:dots")]
    [InlineData(Dialect.OpenAiChat, "an_id_of_more_than_forty_characters_01234567890")]
    [InlineData(Dialect.Anthropic, "")]
    public void An_id_that_the_upstream_would_refuse_is_replaced_the_same_way_each_time(Dialect upstream, string id)
    {
        var sent = ToUpstream(upstream, id);
        sent.ShouldNotBe(id);
        sent.ShouldBe(ToUpstream(upstream, id));
        sent.Length.ShouldBeLessThanOrEqualTo(40);
        sent.ShouldAllBe(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
        ToUpstream(upstream, id + "2").ShouldNotBe(sent);
    }

    [Fact]
    public void A_host_that_demands_nine_letters_gets_nine()
    {
        ToUpstream(Dialect.OpenAiChat, "abcDEF123", 9).ShouldBe("abcDEF123");
        var sent = ToUpstream(Dialect.OpenAiChat, "toolu_01AbC", 9);
        sent.Length.ShouldBe(9);
        sent.ShouldAllBe(letter => char.IsAsciiLetterOrDigit(letter));
    }

    [Fact]
    public void Endless_ids_are_bounded() => ToClient(new string(':', 5000)).Length.ShouldBeLessThan(100);

    private static string ToClient(string id) => Written(buffer => ToolIds.ToClient(Encoding.UTF8.GetBytes(id), buffer));

    private static string ToUpstream(Dialect upstream, string id, int? length = null) =>
        Written(buffer => ToolIds.ToUpstream(upstream, Encoding.UTF8.GetBytes(id), length, buffer));

    private static string Written(Action<PooledBuffer> write)
    {
        using var buffer = new PooledBuffer();
        write(buffer);
        return Encoding.UTF8.GetString(buffer.Written);
    }
}
