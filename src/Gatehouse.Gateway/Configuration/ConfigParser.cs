using System.Text;
using System.Text.Json;

namespace Gatehouse.Gateway.Configuration;

/// <summary>Reads JSON with comments and trailing commas into <see cref="ConfigNode"/>s that know their lines; duplicate keys are faults.</summary>
internal ref struct ConfigParser
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly ConfigReport _report;
    private readonly string? _origin;
    private Utf8JsonReader _reader;
    private int _line;
    private int _counted;

    private ConfigParser(ReadOnlySpan<byte> text, ConfigReport report, string? origin)
    {
        _text = text;
        _report = report;
        _origin = origin;
        _line = 1;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
    }

    /// <summary>Reads a whole file. Null when it is not JSON, which the report then says.</summary>
    public static ConfigNode? File(ReadOnlySpan<byte> text, ConfigReport report)
    {
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        var parser = new ConfigParser(text, report, null);
        try
        {
            return parser.Document("");
        }
        catch (JsonException e)
        {
            report.Add(new ConfigProblem("", "is not JSON: " + Reason(e), "Mend the place named; comments and trailing commas are allowed", (int)(e.LineNumber ?? 0) + 1));
            return null;
        }
        catch (InvalidOperationException)
        {
            // The reader looks at the bytes of a text only when it is asked for.
            report.Add(new ConfigProblem("", "has a text that is not UTF-8, or half of a surrogate pair", "Save it as UTF-8", parser.Line()));
            return null;
        }
    }

    /// <summary>Reads a value given in an environment variable or on the command line; null when it is not JSON.</summary>
    public static ConfigNode? Value(string text, string path, string origin, ConfigReport report)
    {
        try
        {
            return new ConfigParser(Encoding.UTF8.GetBytes(text), report, origin).Document(path);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // The library's messages end with the position, which stands in the problem already, and may quote the offending character only. Those about the end are
    // about the library itself.
    private static string Reason(JsonException e)
    {
        if (e.Message.StartsWith("Expected depth to be zero", StringComparison.Ordinal)) return "it ends before every { and [ is closed";
        if (e.Message.StartsWith("The input does not contain any JSON tokens", StringComparison.Ordinal)) return "it holds nothing, not even {}";
        var at = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (at < 0 ? e.Message : e.Message[..at]).TrimEnd('.');
    }

    private ConfigNode Document(string path)
    {
        _reader.Read();
        var node = Node(path);
        _reader.Read();
        return node;
    }

    private ConfigNode Node(string path)
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject: return Section(path);
            case JsonTokenType.StartArray: return List(path);
            case JsonTokenType.String: return Leaf(ConfigKind.Text, _reader.GetString()!);
            case JsonTokenType.Number: return Leaf(ConfigKind.Number, Encoding.ASCII.GetString(_reader.ValueSpan));
            case JsonTokenType.True: return Leaf(ConfigKind.Boolean, "true");
            case JsonTokenType.False: return Leaf(ConfigKind.Boolean, "false");
            default: return Leaf(ConfigKind.Null, "null");
        }
    }

    private ConfigNode Leaf(ConfigKind kind, string text) => new() { Kind = kind, Text = text, Line = Line(), Origin = _origin };

    private ConfigNode Section(string path)
    {
        var section = Leaf(ConfigKind.Section, "");
        var firstLines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = _reader.GetString()!;
            var line = Line() ?? 0;
            var inner = path.Length == 0 ? name : $"{path}.{name}";
            _reader.Read();
            var value = Node(inner);
            if (firstLines.TryAdd(name, line)) section.Members.Add(new(name, value));
            else
            {
                var first = _origin is null ? $" (first on line {firstLines[name]})" : "";
                _report.Add(new ConfigProblem(inner, "stands twice" + first, "Keep one of them", _origin is null ? line : null, _origin));
            }
        }

        return section;
    }

    private ConfigNode List(string path)
    {
        var list = Leaf(ConfigKind.List, "");
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray) list.Items.Add(Node($"{path}[{list.Items.Count}]"));
        return list;
    }

    private int? Line()
    {
        if (_origin is not null) return null;
        var at = (int)_reader.TokenStartIndex;
        _line += _text[_counted..at].Count((byte)'\n');
        _counted = at;
        return _line;
    }
}
