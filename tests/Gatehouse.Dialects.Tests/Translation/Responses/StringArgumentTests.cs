using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Tests.Translation.Responses;

public sealed class StringArgumentTests
{
    [Theory]
    [InlineData("{\"input\":\"plain\"}", "plain")]
    [InlineData(" {\n \"input\" :\t\"spaced\" } ", "spaced")]
    [InlineData("{\"input\":\"*** Begin \\\"Patch\\\"\\n+caf\\u00e9 \\ud83d\\ude00 \\\\ \\/ é😀\\t\"}", "*** Begin \"Patch\"\n+café 😀 \\ / é😀\t")]
    [InlineData("{\"input\":\"\"}", "")]
    [InlineData("{\"input\":\"first\",\"more\":1}", "first")]
    [InlineData("{\"input\":\"bare\nline\tand \\q\"}", "bare\nline\tand \\q")]
    [InlineData("{\"patch\":\"other name\"}", "other name")]
    [InlineData("{\"more\":1,\"input\":\"second\"}", "second")]
    [InlineData("\"only \\\"text\\\"\"", "only \"text\"")]
    [InlineData("no \"json\"\n", "no \"json\"\n")]
    [InlineData("{\"a\":\"1\",\"b\":\"2\"}", "{\"a\":\"1\",\"b\":\"2\"}")]
    [InlineData("{\"input\":[\"x\"]}", "{\"input\":[\"x\"]}")]
    [InlineData("{}", "")]
    [InlineData("", "")]
    public void The_text_comes_out_wherever_the_arguments_are_cut(string arguments, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(arguments);
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++) Read(bytes, first, second).ShouldBe(expected, $"cut at {first} and {second}");
        }
    }

    [Fact]
    public void A_text_that_breaks_off_ends_behind_its_last_whole_escape() => Read("{\"input\":\"abc\\u00"u8.ToArray(), 4, 12).ShouldBe("abc");

    [Fact]
    public void What_is_handed_on_is_always_the_content_of_a_json_string()
    {
        var random = new Random(17);
        var letters = "\\\\\\u0d8Dce\"n\n{}:, inputé"u8.ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. "{\"input\":\""u8, .. Enumerable.Range(0, random.Next(24)).Select(_ => letters[random.Next(letters.Length)])];
            using var argument = new StringArgument();
            using var text = new PooledBuffer();
            foreach (var value in bytes) argument.Add([value], text);
            argument.End(text);
            // Half a character at the very end is the only thing that a cut may leave.
            var content = Encoding.UTF8.GetString(text.Written);
            Should.NotThrow(() => JsonDocument.Parse($"\"{content}\"").Dispose(), content);
        }
    }

    private static string Read(byte[] bytes, int first, int second)
    {
        using var argument = new StringArgument();
        using var text = new PooledBuffer();
        argument.Add(bytes.AsSpan(0, first), text);
        argument.Add(bytes.AsSpan(first, second - first), text);
        argument.Add(bytes.AsSpan(second), text);
        argument.End(text);
        return JsonDocument.Parse($"\"{Encoding.UTF8.GetString(text.Written)}\"").RootElement.GetString()!;
    }
}
