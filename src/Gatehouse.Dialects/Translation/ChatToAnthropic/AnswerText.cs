using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>
/// The text blocks of an answer as the one text of a chat message, with the web pages that they cite. Texts that something else parts get an empty
/// line between them; texts that are cut up for their sources do not. Not thread-safe.
/// </summary>
internal sealed class AnswerText(ChatToAnthropicRequest request, ChatStream chat) : IDisposable
{
    private readonly PooledBuffer _held = new();
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
    public void Add(ReadOnlySpan<byte> escaped, ThinkingState thinking)
    {
        if (escaped.IsEmpty) return;
        thinking.Text(escaped);
        Write(escaped);
    }

    /// <summary>A text rests on a source.</summary>
    public void Cite(JsonView citation)
    {
        if (citation["type"u8].Is("web_search_result_location"u8) && citation["url"u8].IsString)
            _pages.Add((citation["url"u8].Escaped.ToArray(), citation["title"u8].Escaped.ToArray()));
        else
            request.Lose(ChatToAnthropicLosses.Citations);
    }

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
        if (hasFormat) request.Lose(ChatToAnthropicLosses.FormatText);
        else chat.Content(_held.Written);
    }

    /// <inheritdoc/>
    public void Dispose() => _held.Dispose();

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
