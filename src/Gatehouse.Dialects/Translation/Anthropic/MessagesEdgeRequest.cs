using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// The attempt of a Messages client's request on an upstream of another dialect: what the request's translation finds out and the answer's needs.
/// Not thread-safe.
/// </summary>
internal abstract class MessagesEdgeRequest(EdgeContext context) : EdgeRequest(context)
{
    /// <summary>Words that the body holds somewhere; good while it is translated.</summary>
    public MessagesWords Words { get; private set; }

    /// <summary>The client's tools under both names.</summary>
    public ToolNames Names { get; } = new(context.Traits.MaxToolName);

    /// <summary>Whether the client wants to see the model think.</summary>
    public ThinkingDisplay Thinking { get; set; }

    /// <summary>Stop strings that the upstream can't be told and that are looked for in its text instead; plain.</summary>
    public List<byte[]> WatchedStops { get; } = [];

    /// <summary>Memory to unescape strings in, cleared by whoever uses it.</summary>
    public PooledBuffer Scratch { get; } = new();

    /// <summary>Memory for state that is opened or sealed, cleared by whoever uses it.</summary>
    public PooledBuffer State { get; } = new();

    /// <summary>Whether the request is refused already, so that going on is in vain.</summary>
    public bool IsRefused => Refusal is not null;

    /// <summary>Translates the client's body, or leaves the reason why not.</summary>
    public void Write(ReadOnlySpan<byte> body)
    {
        if (!TryOpen(body, out var root))
        {
            Refuse("body", "is not a JSON object.");
            return;
        }

        if (!Index.IsWhole)
        {
            Refuse("body", $"holds more than {JsonIndex.MostAnyway:N0} values, which is more than any model reads. Shorten the conversation.");
            return;
        }

        Words = MessagesWords.Read(body, Index.All);
        var fields = MessagesFields.Read(root, this);
        var effort = MessagesThinking.Read(fields, this);
        if (!IsRefused) Write(body, fields, effort);
        if (Names.IsOverfull) Refuse("tools", ToolNames.TooMany);
        if (IsRefused) Body.Clear();
        Close();
    }

    /// <summary>Writes the upstream's body.</summary>
    private protected abstract void Write(ReadOnlySpan<byte> body, scoped in MessagesFields fields, Effort effort);

    /// <summary>Refuses the request; the first reason counts.</summary>
    /// <param name="param">The field at fault.</param>
    /// <param name="message">What is wrong, and what to do.</param>
    public void Refuse(string param, string message) =>
        Refusal ??= new DialectError(ErrorKind.InvalidRequest, $"{param}: {message}", Param: param);

    /// <summary>Notes a loss.</summary>
    public void Lose(Loss loss) => Losses.Add(loss);

    /// <summary>
    /// A string's plain text: where it lies if it has no escapes, else unescaped in <see cref="Scratch"/>, whose earlier content is gone then.
    /// Text whose escapes are no characters (half a surrogate pair) comes as it is.
    /// </summary>
    public ReadOnlySpan<byte> Plain(JsonView text) => Plain(text.Escaped);

    /// <summary>The same of a string's content, still escaped.</summary>
    public ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\')) return escaped;
        Scratch.Clear();
        if (!JsonText.TryUnescape(escaped, Scratch.GetSpan(escaped.Length), out var written)) return escaped;
        Scratch.Advance(written);
        return Scratch.Written;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Scratch.Dispose();
        State.Dispose();
        base.Dispose();
    }
}

/// <summary>How a Messages client is shown what the model thinks.</summary>
internal enum ThinkingDisplay : byte
{
    /// <summary>Not at all: it did not ask for thinking, and may take the first block for the answer.</summary>
    Off,

    /// <summary>Thinking blocks with text.</summary>
    Shown,

    /// <summary>Thinking blocks that are empty but for their signature.</summary>
    Omitted,
}
