using System.Runtime.InteropServices;
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
    private readonly List<HistoryMessage> _messages = [];
    private readonly List<TurnBlock> _blocks = [];
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
    /// <param name="tree">The body.</param>
    /// <param name="messages">Its messages.</param>
    public void Write(scoped in JsonTree tree, int messages)
    {
        HistoryMessage.ReadAll(tree, messages, _messages);
        var lastUser = _messages.FindLastIndex(static message => message.Role == HistoryRole.User);
        for (var at = 0; at < _messages.Count && !Request.IsRefused;)
        {
            if (IsTakenWhole(at)) at++;
            else if (!IsAssistant(at)) WriteOther(tree, at++, lastUser);
            else at = WriteTurn(tree, at);
        }
    }

    /// <summary>Writes a turn of the assistant's, and notes its calls in <see cref="Calls"/>.</summary>
    /// <param name="tree">The body.</param>
    /// <param name="turn">The turn's blocks, of all its messages.</param>
    protected abstract void WriteAssistant(scoped in JsonTree tree, ReadOnlySpan<TurnBlock> turn);

    /// <summary>Writes the result of a call.</summary>
    /// <param name="tree">The body.</param>
    /// <param name="id">The call's id as the upstream gets it.</param>
    /// <param name="result">The block.</param>
    /// <param name="place">Where it stands, for refusals.</param>
    protected abstract void WriteResult(scoped in JsonTree tree, ReadOnlySpan<byte> id, in ToolResult result, Place place);

    /// <summary>Writes a result for a call that has none.</summary>
    protected abstract void WriteMissingResult(ReadOnlySpan<byte> id);

    /// <summary>Called when all results of a turn are written.</summary>
    /// <param name="tree">The body.</param>
    /// <param name="messages">The messages behind the assistant's, up to its next one.</param>
    /// <param name="at">The place of the first of them.</param>
    protected virtual void AfterResults(scoped in JsonTree tree, ReadOnlySpan<HistoryMessage> messages, int at)
    {
    }

    /// <summary>Writes what a user message holds beside results that were taken (<see cref="IsTaken"/>).</summary>
    protected abstract void WriteUser(JsonView content, int at);

    /// <summary>Writes instructions that stand between messages.</summary>
    protected abstract void WriteSystem(JsonView content, int at);

    /// <summary>The id that the upstream gets for a client's tool call id. Valid until the next one.</summary>
    /// <param name="id">The client's, still escaped.</param>
    protected ReadOnlySpan<byte> SentId(ReadOnlySpan<byte> id)
    {
        _id.Clear();
        ToolIds.ToUpstream(Upstream, Request.Plain(id), Request.Context.Traits.ToolIdLength, _id);
        return _id.Written;
    }

    /// <summary>Refuses the request where a call names no call or no tool.</summary>
    protected void CheckCall(scoped in JsonTree tree, in TurnBlock call)
    {
        if (!tree.IsString(call.Id)) Request.Refuse($"{call.Place}.id", "must be a string.");
        if (tree.Escaped(call.Name).IsEmpty) Request.Refuse($"{call.Place}.name", "must be the name of a tool.");
    }

    /// <summary>The dialect that the upstream is spoken to in.</summary>
    protected abstract Dialect Upstream { get; }

    /// <summary>Whether a block is a result that was written with its call. To be asked once per block.</summary>
    protected bool IsTaken(JsonView block, int at) =>
        block["type"u8].Is("tool_result"u8) && Calls.TryPassOver(SentId(block["tool_use_id"u8].Escaped), at);

    /// <summary>Whether a block is a result that was written with its call, or will be passed over as such. Changes nothing.</summary>
    protected bool IsWithItsCall(JsonView block, int at) => Calls.IsAnswered(SentId(block["tool_use_id"u8].Escaped), at);

    /// <summary>Whether what stays in a user's message has an image or a file: its own blocks, and results without a call.</summary>
    protected bool NeedsParts(ContentParts parts, JsonView content, int at)
    {
        if (parts.NeedsParts(content)) return true;
        foreach (var block in content.Items)
        {
            if (block["type"u8].Is("tool_result"u8) && parts.NeedsParts(block["content"u8]) && !IsWithItsCall(block, at)) return true;
        }

        return false;
    }

    /// <summary>Whether a message holds nothing but results, which stand behind their calls already.</summary>
    private bool IsTakenWhole(int at) => (uint)(at - _restsAt) < (uint)_rests.Count && _rests[at - _restsAt] == 0;

    private bool IsAssistant(int at) => _messages[at].Role == HistoryRole.Assistant;

    /// <summary>Writes a turn of the assistant's with its results, and gives the place behind the turn.</summary>
    private int WriteTurn(scoped in JsonTree tree, int at)
    {
        _blocks.Clear();
        for (; at < _messages.Count && IsAssistant(at); at++)
        {
            CheckContent(tree, at);
            TurnBlock.AddAll(tree, _messages[at].Content, at, _blocks);
        }

        Calls.Clear();
        _rests.Clear();
        WriteAssistant(tree, CollectionsMarshal.AsSpan(_blocks));
        if (Calls.Count > 0) WriteResults(tree, at);
        else if (at == _messages.Count) Request.Lose(MessagesLosses.Prefill);
        return at;
    }

    private void CheckContent(scoped in JsonTree tree, int at)
    {
        var content = _messages[at].Content;
        if (!tree.IsString(content) && !tree.IsArray(content)) Request.Refuse($"messages.{at}.content", "must be a string or an array of content blocks.");
    }

    private void WriteOther(scoped in JsonTree tree, int at, int lastUser)
    {
        var message = _messages[at];
        var content = tree.View(message.Content);
        if (message.Role == HistoryRole.User)
        {
            CheckContent(tree, at);
            WriteUser(content, at);
        }
        else if (message.Role != HistoryRole.System) Request.Refuse($"messages.{at}.role", "must be user, assistant or system.");
        else if (!content.IsNullOrAbsent && !content.IsString && !content.IsArray) CheckContent(tree, at);
        // Such instructions hold for the user's turn that they follow: the model no longer sees them once there is a later one.
        else if (at > lastUser || !message.IsCleared) WriteSystem(content, at);
    }

    private void WriteResults(scoped in JsonTree tree, int first)
    {
        _restsAt = first;
        var at = first;
        for (; at < _messages.Count && !IsAssistant(at); at++) _rests.Add(WriteResultsOf(tree, at));
        for (var call = 0; call < Calls.Count; call++)
        {
            var id = Calls.Unanswered(call);
            if (id.IsEmpty) continue;
            Request.Lose(MessagesLosses.OrphanCall);
            WriteMissingResult(id);
        }

        AfterResults(tree, CollectionsMarshal.AsSpan(_messages)[first..at], first);
    }

    /// <summary>Writes the results that a message holds; gives the number of its other blocks, so that one without any is not walked again.</summary>
    private int WriteResultsOf(scoped in JsonTree tree, int at)
    {
        var content = _messages[at].Content;
        if (!tree.IsArray(content)) return 1;
        var (index, rest) = (0, 0);
        for (var block = content + 1; block < tree.Behind(content); block = tree.Behind(block))
        {
            var result = ToolResult.Read(tree, block);
            if (result.IsResult && result.IsContentWrong(tree)) Request.Refuse($"{new Place(at, index)}.content", "must be a string or an array of content blocks.");
            if (result.IsResult && SentId(tree.Escaped(result.CallId)) is var id && Calls.TryAnswer(id, at)) WriteResult(tree, id, result, new Place(at, index));
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
