using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Upstream;

/// <summary>One header of a caller's request.</summary>
/// <param name="Name">The name, with what is known of it.</param>
/// <param name="Values">The values as they came.</param>
internal readonly record struct CallerHeader(RequestHeaderName Name, StringValues Values);

/// <summary>
/// A caller's headers, read once per exchange and in order. The server's dictionary walks its own table and asks another one for each name that it
/// does not know, which agents send a dozen of; whoever needs the headers goes through this list instead. Immutable.
/// </summary>
internal sealed class CallerHeaders
{
    private readonly CallerHeader[] _lines;
    private readonly int _count;

    private CallerHeaders(IHeaderDictionary headers)
    {
        _lines = new CallerHeader[headers.Count];
        foreach (var (text, values) in headers)
        {
            if (_count == _lines.Length) Array.Resize(ref _lines, _lines.Length + 8);
            _lines[_count++] = new CallerHeader(RequestHeaderName.Of(text), values);
        }
    }

    private CallerHeaders(CallerHeader[] lines) => (_lines, _count) = (lines, lines.Length);

    /// <summary>The headers in order.</summary>
    public ReadOnlySpan<CallerHeader> Lines => _lines.AsSpan(0, _count);

    /// <summary>Reads a dictionary as it is now.</summary>
    public static CallerHeaders Of(IHeaderDictionary headers) => new(headers);

    /// <summary>Headers that were put together for a call; no name twice.</summary>
    public static CallerHeaders Of(List<CallerHeader> lines) => new([.. lines]);

    /// <summary>The values of a name's header; none when it is absent.</summary>
    public StringValues Find(string name)
    {
        foreach (ref readonly var line in Lines)
        {
            if (line.Name.Text.Equals(name, StringComparison.OrdinalIgnoreCase)) return line.Values;
        }

        return default;
    }

    /// <summary>The values of the first header whose name plays a part; none when there is none.</summary>
    public StringValues Find(HeaderPart part)
    {
        foreach (ref readonly var line in Lines)
        {
            if (line.Name.Part == part) return line.Values;
        }

        return default;
    }
}
