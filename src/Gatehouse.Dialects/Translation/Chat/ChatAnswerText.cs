using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>
/// The texts of an answer as the one text of a chat message, with the web pages that they rest on. Texts that something else parts get an empty
/// line between them; texts that are cut up for their sources do not. Not thread-safe.
/// </summary>
internal sealed class ChatAnswerText(ChatEdgeRequest request, ChatStream chat) : ITextStream, IDisposable
{
    private readonly PooledBuffer _held = new();
    private readonly PooledBuffer _escaped = new();
    private readonly List<(byte[] Url, byte[] Title)> _pages = [];
    private long _characters;
    private long _blockStart;
    private bool _isParted;

    /// <summary>Something that is no text stands between the texts.</summary>
    public void Part() => _isParted = _characters > 0 || _held.Length > 0;

    /// <summary>A text begins.</summary>
    public void Begin()
    {
        Close();
        if (_isParted) Write("\\n\\n"u8);
        _isParted = false;
        _blockStart = _characters;
    }

    /// <summary>A text goes on.</summary>
    public void Text(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.IsEmpty) Write(escaped);
    }

    /// <summary>A text goes on, in plain bytes.</summary>
    public void PlainText(ReadOnlySpan<byte> plain)
    {
        _escaped.Clear();
        JsonText.WriteEscaped(_escaped, plain);
        Text(_escaped.Written);
    }

    /// <summary>The whole text at hand rests on a web page.</summary>
    public void Cite(JsonView url, JsonView title) => _pages.Add((url.Escaped.ToArray(), title.Escaped.ToArray()));

    /// <summary>A stretch of the text at hand rests on a web page. Places are characters of this text.</summary>
    public void Cite(long start, long end, JsonView url, JsonView title) => chat.Citation(_blockStart + start, _blockStart + end, url.Escaped, title.Escaped);

    /// <summary>A text ends: its places are known now.</summary>
    public void Close()
    {
        foreach (var (url, title) in _pages) chat.Citation(_blockStart, _characters, url, title);
        _pages.Clear();
    }

    /// <summary>The answer ends. Text that was held back for an answer in a format is told where that answer did not come.</summary>
    public void End(bool hasFormat)
    {
        Close();
        if (_held.Length == 0) return;
        if (hasFormat) request.Lose(ChatLosses.FormatText);
        else chat.Content(_held.Written);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _held.Dispose();
        _escaped.Dispose();
    }

    private void Write(ReadOnlySpan<byte> escaped)
    {
        if (request.FormatTool is null)
        {
            _characters += ChatText.Characters(escaped);
            chat.Content(escaped);
        }
        else
            _held.Append(escaped);
    }
}
