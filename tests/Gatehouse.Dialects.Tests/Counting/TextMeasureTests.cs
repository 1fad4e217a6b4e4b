using System.Globalization;
using System.Text;
using Gatehouse.Dialects.Counting;

namespace Gatehouse.Dialects.Tests.Counting;

public sealed class TextMeasureTests
{
    [Theory]
    [InlineData("one two", 2, 0, 0, 0)]
    [InlineData("camelCase HTTPServer", 3, 0, 0, 0)]
    [InlineData("a1b22", 2, 3, 0, 0)]
    [InlineData("x = \\\"y\\\";", 2, 0, 4, 0)]
    [InlineData("back\\\\nslash", 2, 0, 1, 0)]
    [InlineData("a\\nb\\r\\nc\\n\\n\\nd", 4, 0, 0, 3)]
    [InlineData("tab\\tbed", 2, 0, 0, 0)]
    [InlineData("\\u003cb\\u003e", 1, 0, 2, 0)]
    public void A_text_is_cut_as_tokenizers_cut_it(string escaped, int words, int digits, int marks, int lines)
    {
        var size = Of(Encoding.UTF8.GetBytes(escaped));
        (size.Words, size.Digits, size.Marks, size.Lines).ShouldBe((words, digits, marks, lines));
    }

    [Theory]
    [InlineData("eight", 0)]
    [InlineData("abcdefgh", 0)]
    [InlineData("abcdefghi", 1)]
    [InlineData("abcdefghABCDEFGHI", 1)]
    [InlineData("donaudampfschifffahrt und", 13)]
    public void Long_words_are_cut_further(string word, int letters)
    {
        for (var before = 0; before < 130; before++) Of(Encoding.UTF8.GetBytes(new string(' ', before) + word)).LateLetters.ShouldBe(letters, $"{before} spaces");
    }

    [Theory]
    [InlineData("é\\u00e9ж", 3, 0, 0)]
    [InlineData("日\\u65e5本", 0, 3, 0)]
    [InlineData("😀\\ud83d\\ude00", 0, 0, 2)]
    public void Characters_count_by_their_length_escaped_or_not(string escaped, int shorter, int longer, int symbols)
    {
        var size = Of(Encoding.UTF8.GetBytes(escaped));
        (size.ShortCharacters, size.LongCharacters, size.Symbols).ShouldBe((shorter, longer, symbols));
    }

    [Fact]
    public void Any_text_counts_as_it_does_when_it_is_read_character_by_character()
    {
        string[] pieces = ["a", "Zed", "abcdefghijkl", "fooBar", "7", "2024", " ", "  ", "{", "\\\"", "\\\\", "\\n", "\\r\\n", "\\t", "é", "日本", "😀", "\\u00e9", "\\u65e5", "\\ud83d\\ude00", "\\u0027", "n", "u", "\\\\u"];
        var random = new Random(5);
        for (var round = 0; round < 3_000; round++)
        {
            var text = new StringBuilder();
            for (var n = random.Next(90); n > 0; n--) text.Append(pieces[random.Next(pieces.Length)]);
            Of(Encoding.UTF8.GetBytes(text.ToString())).ShouldBe(Slowly(text.ToString()), text.ToString());
        }
    }

    private static InputSize Of(ReadOnlySpan<byte> escaped)
    {
        var size = default(InputSize);
        TextMeasure.Add(escaped, ref size);
        return size;
    }

    private static InputSize Slowly(string escaped)
    {
        var size = default(InputSize);
        var (before, position) = ('\0', 0);
        for (var at = 0; at < escaped.Length; at++)
        {
            var (letter, now) = (false, escaped[at]);
            if (now == '\\')
            {
                now = escaped[++at];
                if (now == 'u')
                {
                    now = (char)ushort.Parse(escaped.AsSpan(at + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                    at += 4;
                }
                else if (now is 'n' or 'r')
                {
                    now = '\n';
                    if (before != '\n') size.Lines++;
                }
                else if (now == 't')
                    now = ' ';
            }
            else
                letter = char.IsAsciiLetter(now);

            if (letter && (!char.IsAsciiLetter(before) || (char.IsAsciiLetterLower(before) && char.IsAsciiLetterUpper(now)))) (position, size.Words) = (0, size.Words + 1);
            else if (letter) size.LateLetters += ++position >= 8 ? 1 : 0;
            else if (char.IsAsciiDigit(now)) size.Digits++;
            else if (now is > ' ' and <= '~') size.Marks++;
            else if (char.IsHighSurrogate(now)) size.Symbols++;
            else if (now is >= '\u0080' and < '\u0800') size.ShortCharacters++;
            else if (now >= '\u0800' && !char.IsSurrogate(now)) size.LongCharacters++;
            before = now;
        }

        return size;
    }
}
