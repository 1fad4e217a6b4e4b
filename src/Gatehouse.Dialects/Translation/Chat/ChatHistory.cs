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
    private readonly List<int> _results = [];

    private readonly JsonIndex _index;

    private ChatHistory(JsonIndex index) => _index = index;

    /// <summary>Number of messages.</summary>
    public int Count => _messages.Count;

    /// <summary>Reads the messages. Roles that do not exist, and messages that are no objects, refuse the request.</summary>
    public static ChatHistory Read(ReadOnlySpan<byte> body, JsonView messages, ChatEdgeRequest request)
    {
        var history = new ChatHistory(request.Index);
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

            history._messages.Add(new Place(message.In(body, request.Index), role));
        }

        history.FindResults(body, request);
        return history;
    }

    /// <summary>Who speaks in a message.</summary>
    public ChatRole Role(int index) => _messages[index].Role;

    /// <summary>A message.</summary>
    public ChatMessage Message(ReadOnlySpan<byte> body, int index) => ChatMessage.Read(JsonView.At(body, _index, _messages[index].Spot));

    /// <summary>The number of the call that a result belongs to; -1 when it belongs to none.</summary>
    public int CallOf(int index) => _messages[index].Call;

    /// <summary>The message with the result of a call; -1 when there is none.</summary>
    /// <param name="call">The call's number: all calls are counted, those of a message's <c>tool_calls</c> before its <c>function_call</c>.</param>
    public int ResultOf(int call) => _results[call];

    /// <summary>FNV-1a, the same in every process: whether two ids are taken as one shows in the bytes.</summary>
    public static ulong Hash(ReadOnlySpan<byte> id)
    {
        var hash = 14695981039346656037ul;
        foreach (var value in id) hash = (hash ^ value) * 1099511628211ul;
        return hash;
    }

    /// <summary>A result belongs to the last call before it that has its id and no result yet.</summary>
    private void FindResults(ReadOnlySpan<byte> body, ChatEdgeRequest request)
    {
        Dictionary<ulong, int>? open = null;
        for (var i = 0; i < _messages.Count; i++)
        {
            var role = _messages[i].Role;
            if (role == ChatRole.Assistant)
                Open(ref open, Message(body, i), request);
            else if (open is not null && role is ChatRole.Tool or ChatRole.Function
                && open.Remove(Key(role == ChatRole.Tool ? Message(body, i).ToolCallId : Message(body, i).Name, role, request), out var call))
            {
                _results[call] = i;
                _messages[i] = _messages[i] with { Call = call };
            }
        }
    }

    private void Open(ref Dictionary<ulong, int>? open, ChatMessage message, ChatEdgeRequest request)
    {
        foreach (var call in message.ToolCalls.Items) Open(ref open, Key(call["id"u8], ChatRole.Tool, request));
        var function = message.FunctionCall;
        if (function.IsObject) Open(ref open, Key(function["name"u8], ChatRole.Function, request));
    }

    private void Open(ref Dictionary<ulong, int>? open, ulong key)
    {
        (open ??= [])[key] = _results.Count;
        _results.Add(-1);
    }

    /// <summary>Calls in the form from before tools have no ids: their results name the function.</summary>
    private static ulong Key(JsonView id, ChatRole role, ChatEdgeRequest request) => Hash(request.Plain(id)) ^ (role == ChatRole.Function ? 1ul : 0);

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

    private readonly record struct Place(JsonSpot Spot, ChatRole Role)
    {
        public int Call { get; init; } = -1;
    }
}
