using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// Walks the messages of a Messages request turn by turn, in the order in which both OpenAI dialects need them: messages of the assistant's that follow
/// each other are one turn, the results of its calls come right behind it, and then what else stood among them. A call without a result
/// gets one, a result without a call becomes text. An edge says how each is written. Not thread-safe.
/// </summary>
internal abstract class MessagesHistory(MessagesEdgeRequest request) : IDisposable
{
    private readonly PooledBuffer _id = new();
    private readonly List<int> _rests = [];
    private int _restsAt;

    /// <summary>The attempt.</summary>
    protected MessagesEdgeRequest Request { get; } = request;

    /// <summary>The calls of the turn at hand.</summary>
    protected CallBook Calls { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        _id.Dispose();
        Calls.Dispose();
    }

    /// <summary>Writes all messages.</summary>
    public void Write(JsonView messages)
    {
        var lastUser = LastUser(messages);
        var items = messages.Items;
        var more = items.MoveNext();
        for (var at = 0; more && !Request.IsRefused;)
        {
            if (IsTakenWhole(at))
            {
                at++;
                more = items.MoveNext();
                continue;
            }

            if (!IsAssistant(items.Current))
            {
                WriteOther(items.Current, at++, lastUser);
                more = items.MoveNext();
                continue;
            }

            var turn = items;
            var first = at;
            do
            {
                CheckContent(items.Current, at++);
                more = items.MoveNext();
            }
            while (more && IsAssistant(items.Current));
            Calls.Clear();
            _rests.Clear();
            WriteAssistant(turn, at - first, first);
            WriteResults(items, more, at);
            if (!more && Calls.Count == 0) Request.Lose(MessagesLosses.Prefill);
        }
    }

    /// <summary>Writes a turn of the assistant's, and notes its calls in <see cref="Calls"/>.</summary>
    /// <param name="turn">Stands on the turn's first message.</param>
    /// <param name="count">The number of its messages.</param>
    /// <param name="at">The place of the first among all messages.</param>
    protected abstract void WriteAssistant(JsonItems turn, int count, int at);

    /// <summary>Writes the result of a call.</summary>
    /// <param name="id">The call's id as the upstream gets it.</param>
    /// <param name="result">The block.</param>
    /// <param name="place">Where it stands, for refusals.</param>
    protected abstract void WriteResult(ReadOnlySpan<byte> id, ToolResult result, Place place);

    /// <summary>Writes a result for a call that has none.</summary>
    protected abstract void WriteMissingResult(ReadOnlySpan<byte> id);

    /// <summary>Called when all results of a turn are written; <paramref name="after"/> stands on the first message behind the assistant's.</summary>
    protected virtual void AfterResults(JsonItems after, bool more, int at)
    {
    }

    /// <summary>Writes what a user message holds beside results that were taken (<see cref="IsTaken"/>).</summary>
    protected abstract void WriteUser(JsonView content, int at);

    /// <summary>Writes instructions that stand between messages.</summary>
    protected abstract void WriteSystem(JsonView content, int at);

    /// <summary>The id that the upstream gets for a client's tool call id. Valid until the next one.</summary>
    protected ReadOnlySpan<byte> SentId(JsonView id)
    {
        _id.Clear();
        ToolIds.ToUpstream(Upstream, Request.Plain(id), Request.Context.Traits.ToolIdLength, _id);
        return _id.Written;
    }

    /// <summary>The dialect that the upstream is spoken to in.</summary>
    protected abstract Dialect Upstream { get; }

    /// <summary>Whether a block is a result that was written with its call. To be asked once per block.</summary>
    protected bool IsTaken(JsonView block, int at) => block["type"u8].Is("tool_result"u8) && Calls.TryPassOver(SentId(block["tool_use_id"u8]), at);

    /// <summary>Whether a message holds nothing but results, which stand behind their calls already.</summary>
    private bool IsTakenWhole(int at) => (uint)(at - _restsAt) < (uint)_rests.Count && _rests[at - _restsAt] == 0;

    private static bool IsAssistant(JsonView message) => message["role"u8].Is("assistant"u8);

    /// <summary>The place of the last message that is the user's, where it matters: some instructions hold until there is a later one.</summary>
    private int LastUser(JsonView messages)
    {
        var (at, lastUser) = (0, -1);
        if (!Request.Words.ClearsAt) return lastUser;
        foreach (var message in messages.Items)
        {
            if (message["role"u8].Is("user"u8)) lastUser = at;
            at++;
        }

        return lastUser;
    }

    private void CheckContent(JsonView message, int at)
    {
        var content = message["content"u8];
        if (!content.IsString && !content.IsArray) Request.Refuse($"messages.{at}.content", "must be a string or an array of content blocks.");
    }

    private void WriteOther(JsonView message, int at, int lastUser)
    {
        var role = message["role"u8];
        var content = message["content"u8];
        if (role.Is("user"u8))
        {
            CheckContent(message, at);
            WriteUser(content, at);
        }
        else if (!role.Is("system"u8)) Request.Refuse($"messages.{at}.role", "must be user, assistant or system.");
        else if (!content.IsNullOrAbsent && !content.IsString && !content.IsArray) CheckContent(message, at);
        // Such instructions hold for the user's turn that they follow: the model no longer sees them once there is a later one.
        else if (at > lastUser || !message["clear_at"u8].Is("next_user_message"u8)) WriteSystem(content, at);
    }

    private void WriteResults(JsonItems items, bool more, int at)
    {
        if (Calls.Count == 0) return;
        var after = items;
        var (afterMore, first) = (more, at);
        _restsAt = at;
        for (; more && !IsAssistant(items.Current); more = items.MoveNext(), at++) _rests.Add(WriteResults(items.Current["content"u8], at));
        for (var call = 0; call < Calls.Count; call++)
        {
            var id = Calls.Unanswered(call);
            if (id.IsEmpty) continue;
            Request.Lose(MessagesLosses.OrphanCall);
            WriteMissingResult(id);
        }

        AfterResults(after, afterMore, first);
    }

    /// <summary>Writes the results that a message holds; gives the number of its other blocks, so that one without any is not walked again.</summary>
    private int WriteResults(JsonView content, int at)
    {
        var (index, rest) = (0, content.IsArray ? 0 : 1);
        foreach (var block in content.Items)
        {
            var result = ToolResult.Read(block);
            if (result.IsResult && SentId(result.CallId) is var id && Calls.TryAnswer(id, at)) WriteResult(id, result, new Place(at, index));
            else rest++;
            index++;
        }

        return rest;
    }
}

/// <summary>Where a block stands, to say so in a refusal.</summary>
/// <param name="Message">The message's place.</param>
/// <param name="Block">The block's place in it.</param>
internal readonly record struct Place(int Message, int Block)
{
    /// <inheritdoc/>
    public override string ToString() => $"messages.{Message}.content.{Block}";
}
