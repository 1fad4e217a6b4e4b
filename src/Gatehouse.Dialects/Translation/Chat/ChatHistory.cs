using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>Who speaks in a chat message.</summary>
internal enum ChatRole : byte
{
    /// <summary><c>system</c>.</summary>
    System,

    /// <summary><c>developer</c>: what newer models are told in place of <c>system</c>.</summary>
    Developer,

    /// <summary><c>user</c>.</summary>
    User,

    /// <summary><c>assistant</c>.</summary>
    Assistant,

    /// <summary><c>tool</c>: the result of a call.</summary>
    Tool,

    /// <summary><c>function</c>: the result of a call in the form from before tools, known by the function's name alone.</summary>
    Function,
}

/// <summary>
/// The messages of a chat request in order, and for each tool call the message that holds its result, wherever that stands: other dialects
/// want results right behind their calls. One per request, not thread-safe.
/// </summary>
internal sealed class ChatHistory
{
    private readonly List<Place> _messages = [];
    private Dictionary<int, int>? _firstResults;

    private ChatHistory()
    {
    }

    /// <summary>Number of messages.</summary>
    public int Count => _messages.Count;

    /// <summary>Reads the messages. Roles that do not exist, and messages that are no objects, refuse the request.</summary>
    public static ChatHistory Read(ReadOnlySpan<byte> body, JsonView messages, ChatEdgeRequest request)
    {
        var history = new ChatHistory();
        if (!messages.IsArray)
        {
            request.Refuse("messages", "'messages' must be an array of messages.");
            return history;
        }

        foreach (var message in messages.Items)
        {
            if (!TryRole(message["role"u8], out var role))
            {
                request.Refuse(
                    $"messages[{history.Count}].role",
                    $"Message {history.Count} needs a role: system, developer, user, assistant, tool or function.");
                return history;
            }

            _ = body.Overlaps(message.Raw, out var start);
            history._messages.Add(new Place(start, message.Raw.Length, role));
        }

        history.IndexResults(body, request);
        return history;
    }

    /// <summary>Who speaks in a message.</summary>
    public ChatRole Role(int index) => _messages[index].Role;

    /// <summary>A message.</summary>
    public JsonView Message(ReadOnlySpan<byte> body, int index) => JsonView.Trusted(body.Slice(_messages[index].Start, _messages[index].Length));

    /// <summary>Whether a result was taken by its call.</summary>
    public bool IsTaken(int index) => _messages[index].Taken;

    /// <summary>Takes the first result of a call behind a message; -1 when there is none. Calls must ask in the order of their messages.</summary>
    /// <param name="body">The request.</param>
    /// <param name="key">The call's id, or for a function call its name, plain.</param>
    /// <param name="role">Which kind of result.</param>
    /// <param name="after">The index of the call's message.</param>
    /// <param name="request">Lends memory.</param>
    public int TakeResult(ReadOnlySpan<byte> body, ReadOnlySpan<byte> key, ChatRole role, int after, ChatEdgeRequest request)
    {
        var hash = Hash(key, role);
        if (_firstResults is null || !_firstResults.TryGetValue(hash, out var at)) return -1;
        // Results before their call will never be taken: forgetting them keeps this linear whatever the request.
        while (at >= 0 && at <= after) at = _messages[at].NextResult;
        if (at < 0) _firstResults.Remove(hash);
        else _firstResults[hash] = at;
        for (var before = -1; at >= 0; before = at, at = _messages[at].NextResult)
        {
            if (_messages[at].Role != role || !key.SequenceEqual(KeyOf(body, at, request))) continue;
            Unlink(hash, before, at);
            return at;
        }

        return -1;
    }

    private void Unlink(int hash, int before, int at)
    {
        var next = _messages[at].NextResult;
        _messages[at] = _messages[at] with { Taken = true, NextResult = -1 };
        if (before >= 0) _messages[before] = _messages[before] with { NextResult = next };
        else if (next >= 0) _firstResults![hash] = next;
        else _firstResults!.Remove(hash);
    }

    private void IndexResults(ReadOnlySpan<byte> body, ChatEdgeRequest request)
    {
        for (var i = _messages.Count - 1; i >= 0; i--)
        {
            if (_messages[i].Role is not (ChatRole.Tool or ChatRole.Function)) continue;
            var hash = Hash(KeyOf(body, i, request), _messages[i].Role);
            _firstResults ??= [];
            _messages[i] = _messages[i] with { NextResult = _firstResults.TryGetValue(hash, out var next) ? next : -1 };
            _firstResults[hash] = i;
        }
    }

    private ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> body, int index, ChatEdgeRequest request) =>
        request.Plain(Message(body, index)[_messages[index].Role == ChatRole.Tool ? "tool_call_id"u8 : "name"u8]);

    private static int Hash(ReadOnlySpan<byte> key, ChatRole role)
    {
        var hash = default(HashCode);
        hash.Add(role);
        hash.AddBytes(key);
        return hash.ToHashCode();
    }

    private static bool TryRole(JsonView word, out ChatRole role)
    {
        role = word.Is("user"u8) ? ChatRole.User
            : word.Is("assistant"u8) ? ChatRole.Assistant
            : word.Is("tool"u8) ? ChatRole.Tool
            : word.Is("system"u8) ? ChatRole.System
            : word.Is("developer"u8) ? ChatRole.Developer
            : ChatRole.Function;
        return role != ChatRole.Function || word.Is("function"u8);
    }

    private readonly record struct Place(int Start, int Length, ChatRole Role)
    {
        public int NextResult { get; init; } = -1;

        public bool Taken { get; init; }
    }
}
