using Gatehouse.ClaudeCli.Answers;
using Gatehouse.ClaudeCli.Requests;

namespace Gatehouse.ClaudeCli.Conversations;

/// <summary>One request and the one message that answers it. Its conversation's lock guards it, but for <see cref="Begun"/> and <see cref="Body"/>, which are thread-safe.</summary>
/// <param name="request">The request.</param>
/// <param name="body">Where the answer goes.</param>
internal sealed class Turn(CliRequest request, TurnBody body)
{
    /// <summary>The request.</summary>
    public CliRequest Request { get; } = request;

    /// <summary>Where the answer goes.</summary>
    public TurnBody Body { get; } = body;

    /// <summary>The answer as it stands.</summary>
    public IAnswerEvents Events { get; private set; } =
        request.Flags.Loop is null ? new TurnEvents(request.Flags.Schema is not null, request.Agents) : new LoopEvents(request.Flags.Schema is not null);

    /// <summary>The events before the first block: the answer begins with that block, for until then the program may begin anew, or end with nothing.</summary>
    public List<byte[]> Head { get; } = [];

    /// <summary>The last event, while it waits for the program to be ready; else null.</summary>
    public byte[]? Last { get; set; }

    /// <summary>Null when the answer has begun; the reason when there will be none.</summary>
    public TaskCompletionSource<CliFault?> Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer begins anew, before its client had anything of it.</summary>
    public void Restart()
    {
        Events = new TurnEvents(Request.Flags.Schema is not null, Request.Agents);
        Head.Clear();
    }
}
