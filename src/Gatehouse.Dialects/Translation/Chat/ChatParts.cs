using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>Walks a message's content: its parts, or the string that stands for one.</summary>
internal ref struct ChatParts
{
    private JsonItems _items;
    private JsonView _single;

    /// <summary>Walks a content.</summary>
    public ChatParts(JsonView content)
    {
        _items = content.Items;
        _single = content.IsString ? content : default;
        Current = default;
    }

    /// <summary>The part at hand: an object, or the string.</summary>
    public JsonView Current { get; private set; }

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly ChatParts GetEnumerator() => this;

    /// <summary>Takes the next part; false behind the last.</summary>
    public bool MoveNext()
    {
        if (_single.Exists)
        {
            Current = _single;
            _single = default;
            return true;
        }

        if (!_items.MoveNext()) return false;
        Current = _items.Current;
        return true;
    }
}
