using System.Text;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Tests.Requests;

public sealed class MessageKeyTests
{
    [Theory]
    [InlineData("\"hello\"", """[{"type":"text","text":"hello"}]""", true)]
    [InlineData("""[{"type":"text","text":"hello"}]""", """[{"type":"text","text":"hello","cache_control":{"type":"ephemeral"}}]""", true)]
    [InlineData("""[{"type":"text","text":"h\u0065llo"}]""", "\"hello\"", true)]
    [InlineData("\"hello\"", "\"hello!\"", false)]
    [InlineData("""[{"type":"text","text":"ab"},{"type":"text","text":"c"}]""", """[{"type":"text","text":"a"},{"type":"text","text":"bc"}]""", false)]
    [InlineData("""[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]}]""",
        """[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"x"}]}]""", true)]
    [InlineData("""[{"type":"tool_result","tool_use_id":"1","content":"x"}]""", """[{"type":"tool_result","tool_use_id":"2","content":"x"}]""", false)]
    [InlineData("""[{"type":"tool_result","tool_use_id":"1","content":"x","is_error":true}]""", """[{"type":"tool_result","tool_use_id":"1","content":"x"}]""", false)]
    public void A_message_of_the_users_is_known_again_in_another_spelling_only(string one, string other, bool same) =>
        (User(one) == User(other)).ShouldBe(same);

    [Theory]
    [InlineData("""[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"yes"}]""", "\"yes\"", true)]
    [InlineData("""[{"type":"text","text":"yes "},{"type":"tool_use","id":"1","name":"a","input":{}}]""", """[{"type":"text","text":"yes"},{"type":"tool_use","id":"1","name":"a","input":{"x":1}}]""", true)]
    [InlineData("""[{"type":"text","text":"yes"},{"type":"tool_use","id":"1","name":"a","input":{}}]""", """[{"type":"text","text":"yes"},{"type":"tool_use","id":"2","name":"a","input":{}}]""", false)]
    [InlineData("\"yes\"", "\"no\"", false)]
    public void An_answer_is_known_again_by_its_text_and_calls(string one, string other, bool same) =>
        (Assistant(one) == Assistant(other)).ShouldBe(same);

    [Fact]
    public void A_message_is_not_the_same_from_another_mouth() => User("\"yes\"").ShouldNotBe(Assistant("\"yes\""));

    private static MessageKey User(string json) => MessageKey.OfUser(JsonView.Trusted(Encoding.UTF8.GetBytes(json)));

    private static MessageKey Assistant(string json) => MessageKey.OfAssistant(JsonView.Trusted(Encoding.UTF8.GetBytes(json)));
}
