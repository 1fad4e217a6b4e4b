using System.Globalization;

namespace Gatehouse.Simulator.Wire;

/// <summary>
/// Finds half characters in JSON text: an escape such as <c>\ud83d</c> without its other half. Agents send them where they cut text in the middle of an
/// emoji; the framework's parser lets them pass until the text is read, the vendors refuse the body.
/// </summary>
internal static class Surrogates
{
    private const int EscapeLength = 6;

    /// <summary>Where the first half without its other half stands, in bytes; -1 when there is none. The text must be well-formed JSON.</summary>
    public static int FindLone(ReadOnlySpan<byte> json)
    {
        for (var at = json.IndexOf((byte)'\\'); at >= 0 && at + 1 < json.Length;)
        {
            var unit = UnitAt(json[at..]);
            if (char.IsLowSurrogate(unit)) return at;
            var isPair = char.IsHighSurrogate(unit);
            if (isPair && !char.IsLowSurrogate(UnitAt(json[(at + EscapeLength)..]))) return at;
            var next = at + (isPair ? 2 * EscapeLength : 2);
            var further = json[next..].IndexOf((byte)'\\');
            at = further < 0 ? -1 : next + further;
        }

        return -1;
    }

    /// <summary>The UTF-16 unit that an escape at the beginning stands for; zero when there is none.</summary>
    private static char UnitAt(ReadOnlySpan<byte> text) =>
        text.Length >= EscapeLength && text[0] == '\\' && text[1] == 'u'
        && ushort.TryParse(text[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? (char)unit : '\0';
}
