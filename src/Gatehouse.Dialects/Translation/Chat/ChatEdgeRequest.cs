using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>
/// The attempt of a chat client's request on an upstream of another dialect: what the request's translation finds out and the answer's needs.
/// Not thread-safe.
/// </summary>
internal abstract class ChatEdgeRequest(EdgeContext context) : EdgeRequest(context)
{
    /// <summary>The client's tools under both names.</summary>
    public ToolNames Names { get; } = new(context.Traits.MaxToolName);

    /// <summary>Whether the answer ends with a usage chunk. A client that wants a document always gets its usage.</summary>
    public bool IncludeUsage { get; set; } = !context.ClientStreams;

    /// <summary>Whether the client calls tools by the form from before tools: <c>functions</c> and <c>function_call</c>.</summary>
    public bool LegacyFunctions { get; set; }

    /// <summary>The tool that stands in for an output format, and whose input is the answer's text; null when there is none.</summary>
    public ToolName? FormatTool { get; set; }

    /// <summary>Whether the client does not want to read what the model thinks.</summary>
    public bool HidesThinking { get; protected set; }

    /// <summary>Whether the model takes a sampling field.</summary>
    public bool Takes(SamplingFields field) => (Context.Traits.Sampling & field) != 0;

    /// <summary>Memory to unescape strings in, cleared by whoever uses it.</summary>
    public PooledBuffer Scratch { get; } = new();

    /// <summary>
    /// Whether the client carries opaque state itself, in <c>reasoning_details</c>: it says so by OpenRouter's field <c>reasoning</c>, or by having carried some.
    /// </summary>
    public bool CarriesDetails { get; set; }

    /// <summary>Log probabilities on their way to the client, separated by commas: they go with the next chunk.</summary>
    public PooledBuffer Logprobs { get; } = new();

    /// <summary>Whether the request is refused already, so that going on is in vain.</summary>
    public bool IsRefused => Refusal is not null;

    /// <summary>Refuses the request; the first reason counts.</summary>
    /// <param name="param">The field at fault.</param>
    /// <param name="message">What is wrong, and what to do.</param>
    public void Refuse(string param, string message) => Refusal ??= new DialectError(ErrorKind.InvalidRequest, message, Param: param);

    /// <summary>Notes a loss.</summary>
    public void Lose(Loss loss) => Losses.Add(loss);

    /// <summary>Notes a loss where a field says something.</summary>
    public void LoseIfSet(JsonView field, Loss loss)
    {
        if (!field.IsNullOrAbsent && !field.IsFalse) Losses.Add(loss);
    }

    /// <summary>
    /// A string's plain text: where it lies if it has no escapes, else unescaped in <see cref="Scratch"/>, whose earlier content is gone then.
    /// Text whose escapes are no characters (half a surrogate pair) comes as it is.
    /// </summary>
    public ReadOnlySpan<byte> Plain(JsonView text)
    {
        if (!text.Escaped.Contains((byte)'\\')) return text.Escaped;
        Scratch.Clear();
        return text.TryAppendPlain(Scratch) ? Scratch.Written : text.Escaped;
    }

    /// <summary>The state of an earlier turn that was found last.</summary>
    protected PooledBuffer State { get; } = new();

    /// <summary>
    /// Looks for the state of an earlier turn: carried by the client itself, or remembered under any of the turn's calls. <see cref="State"/> holds it until the next
    /// such question.
    /// </summary>
    /// <param name="message">The turn.</param>
    /// <param name="marks">The first bytes of states that this edge wrote: those of others are of no use here.</param>
    protected bool TryRecall(ChatMessage message, ReadOnlySpan<byte> marks)
    {
        State.Clear();
        if (message.ReasoningDetails.Exists && TryOpenDetails(message.ReasoningDetails) && IsMarked(marks)) return true;
        foreach (var call in message.ToolCalls.Items)
        {
            State.Clear();
            if (Context.Memory.TryRecall(Plain(call["id"u8]), State) && IsMarked(marks)) return true;
        }

        return false;
    }

    private bool IsMarked(ReadOnlySpan<byte> marks) => State.Length > 0 && marks.Contains(State.Written[0]);

    /// <summary>Appends the state that an earlier answer's <c>reasoning_details</c> carry; false when there is none of ours, and a loss when it is another's.</summary>
    private bool TryOpenDetails(JsonView details)
    {
        foreach (var detail in details.Items)
        {
            CarriesDetails = true;
            var data = detail["data"u8];
            if (data.StartsWith(StateSeal.MarkBytes) && Context.Seal.TryOpen(data.Escaped, State)) return true;
        }

        if (!details.IsEmpty) Lose(ChatLosses.ReasoningDetails);
        return false;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Scratch.Dispose();
        Logprobs.Dispose();
        State.Dispose();
        base.Dispose();
    }
}
