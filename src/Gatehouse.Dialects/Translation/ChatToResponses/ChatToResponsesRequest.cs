using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToResponses;

/// <summary>One chat request on a Responses upstream. What comes first in the body changes least from turn to turn: the conversation stands last.</summary>
internal sealed class ChatToResponsesRequest(EdgeContext context) : ChatEdgeRequest(context)
{
    /// <summary>Whether the model thinks: then its thoughts are asked for in a form that can be given back.</summary>
    public bool Thinks => Context.Traits.Reasoning != ReasoningControl.None;

    /// <summary>Whether the answer's text comes with the log probabilities of its tokens.</summary>
    public bool WantsLogprobs { get; set; }

    /// <summary>Stop strings, which are looked for in the answer's text.</summary>
    public List<byte[]> Stops { get; } = [];

    /// <summary>Translates the client's body.</summary>
    public void Write(ReadOnlySpan<byte> body)
    {
        if (!TryOpen(body, out var view))
        {
            Refuse("messages", "The body is not a JSON object.");
            return;
        }

        var fields = ChatFields.Read(view);
        var history = ChatHistory.Read(body, fields.Messages, this);
        var choice = ChatToolChoice.Read(fields, this);
        var format = ChatFormat.Read(fields.ResponseFormat, this);
        var reasoning = ChatReasoning.Read(fields, this);
        HidesThinking = reasoning.Hides;
        CarriesDetails = fields.Reasoning.IsObject;
        IncludeUsage |= fields.StreamOptions["include_usage"u8].IsTrue;
        SamplingMap.Check(this, fields);
        if (!IsRefused)
        {
            var writer = new JsonWriter(Body);
            writer.BeginObject();
            writer.String("model"u8, Context.ModelSent);
            if (Context.UpstreamStreams) writer.Bool("stream"u8, true);
            SettingsMap.Write(this, writer, fields);
            SamplingMap.Write(this, writer, fields);
            SamplingMap.WriteLogprobs(this, writer, fields);
            SettingsMap.WriteReasoning(this, writer, reasoning, fields.Reasoning["summary"u8], ToolMap.Searches(this, fields));
            ToolMap.Write(this, writer, fields, choice, format);
            SettingsMap.WriteText(this, writer, format, fields.Verbosity);
            using var ids = new PooledBuffer();
            new InputMap(body, history, this, writer, ids).Write();
            writer.EndObject();
        }

        if (Names.IsOverfull) Refuse("tools", ToolNames.TooMany);
        if (IsRefused) Body.Clear();
        Close();
    }

    /// <summary>Looks for the thinking of a turn in the memory, carried by the client or remembered under any of its calls. Valid until the next such question.</summary>
    public bool Recall(ChatMessage message, out JsonView thinking)
    {
        thinking = TryRecall(message, "R"u8) ? TurnState.Read(State.Written) : default;
        return thinking.Exists;
    }

    /// <inheritdoc/>
    private protected override StreamMap MakeAnswer(EventWriter events) => new AnswerMap(this, events);
}
