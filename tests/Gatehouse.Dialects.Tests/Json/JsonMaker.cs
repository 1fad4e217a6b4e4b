using System.Text;

namespace Gatehouse.Dialects.Tests.Json;

/// <summary>Makes JSON documents from a seed: escapes, backslash runs, brackets in strings, odd white space, any nesting.</summary>
internal sealed class JsonMaker(int seed)
{
    private readonly Random _random = new(seed);
    private readonly StringBuilder _text = new();
    private int _keys;

    /// <summary>An object whose members are given or made up; a body of a request, perhaps.</summary>
    public byte[] Body(params (string Key, string Value)[] members)
    {
        _text.Clear();
        White();
        _text.Append('{');
        var first = true;
        foreach (var (key, value) in members)
        {
            Separate(ref first);
            Filler(ref first, _random.Next(3));
            _text.Append(key);
            White();
            _text.Append(':');
            White();
            _text.Append(value);
            White();
        }

        Filler(ref first, _random.Next(3), trailing: true);
        _text.Append('}');
        White();
        return Encoding.UTF8.GetBytes(_text.ToString());
    }

    public string Value(int depth)
    {
        var start = _text.Length;
        WriteValue(depth);
        var made = _text.ToString(start, _text.Length - start);
        _text.Length = start;
        return made;
    }

    private void Filler(ref bool first, int count, bool trailing = false)
    {
        for (var i = 0; i < count; i++)
        {
            if (trailing)
                Separate(ref first);
            _text.Append('"').Append('k').Append(_keys++);
            StringContent(_random.Next(70));
            _text.Append('"');
            White();
            _text.Append(':');
            White();
            WriteValue(4);
            White();
            if (!trailing)
            {
                _text.Append(',');
                White();
            }
        }
    }

    private void Separate(ref bool first)
    {
        if (!first)
            _text.Append(',');
        first = false;
        White();
    }

    private void White()
    {
        for (var n = _random.Next(4) == 0 ? _random.Next(80) : _random.Next(2); n > 0; n--)
            _text.Append(" \n\r\t"[_random.Next(4)]);
    }

    private void WriteValue(int depth)
    {
        switch (_random.Next(depth > 0 ? 9 : 6))
        {
            case 0: _text.Append("true"); break;
            case 1: _text.Append("null"); break;
            case 2: _text.Append(_random.Next(2) == 0 ? "-12.5e+3" : "0"); break;
            case 3: _text.Append(_random.Next()); break;
            case 4 or 5: WriteString(); break;
            case 6: Container('[', ']', depth, named: false); break;
            default: Container('{', '}', depth, named: true); break;
        }
    }

    private void WriteString()
    {
        _text.Append('"');
        StringContent(_random.Next(3) == 0 ? _random.Next(300) : _random.Next(12));
        _text.Append('"');
    }

    private void StringContent(int pieces)
    {
        for (var i = 0; i < pieces; i++)
        {
            _text.Append(_random.Next(12) switch
            {
                0 => "\\\"",
                1 => string.Concat(Enumerable.Repeat("\\\\", _random.Next(1, 70))),
                2 => "\\u00e9",
                3 => "\\ud83d\\ude00",
                4 => "{[",
                5 => "]}",
                6 => "é😀",
                7 => "\\n",
                8 => ":,",
                _ => new string((char)('a' + _random.Next(26)), _random.Next(1, 9)),
            });
        }
    }

    private void Container(char open, char close, int depth, bool named)
    {
        _text.Append(open);
        White();
        for (int i = 0, count = _random.Next(5); i < count; i++)
        {
            if (i > 0)
                _text.Append(',');
            White();
            if (named)
            {
                // Numbered, so that no key stands twice: readers differ in what they make of that.
                _text.Append('"').Append(i);
                StringContent(_random.Next(4));
                _text.Append('"');
                White();
                _text.Append(':');
            }

            White();
            WriteValue(depth - 1);
            White();
        }

        _text.Append(close);
    }
}
