using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>One chat request on an Anthropic upstream. What comes first in the body changes least from turn to turn: the messages stand last.</summary>
internal sealed class ChatToAnthropicRequest(EdgeContext context) : ChatEdgeRequest(context)
{
    private const int UsualLimit = 8192;

    /// <summary>Whether the client set a cache marker of its own. Then none is placed for it.</summary>
    public bool HasCacheMarkers { get; set; }

    /// <summary>Whether the model takes a sampling field.</summary>
    public bool Takes(SamplingFields field) => (Context.Traits.Sampling & field) != 0;

    /// <summary>Translates the client's body.</summary>
    public void Write(ReadOnlySpan<byte> body)
    {
        if (!JsonView.TryParse(body, out var view) || !view.IsObject)
        {
            Refuse("messages", "The body is not a JSON object.");
            return;
        }

        var fields = ChatFields.Read(view);
        var history = ChatHistory.Read(body, fields.Messages, this);
        var choice = ChatToolChoice.Read(fields, this);
        IncludeUsage |= fields.StreamOptions["include_usage"u8].IsTrue;
        SamplingMap.Check(this, fields);
        if (!IsRefused) WriteBody(body, fields, history, choice);
        if (IsRefused) Body.Clear();
    }

    /// <inheritdoc/>
    public override StreamMap BeginAnswer(PooledBuffer output) => new AnswerMap(this, output);

    private void WriteBody(ReadOnlySpan<byte> body, ChatFields fields, ChatHistory history, ChatToolChoice choice)
    {
        var writer = new JsonWriter(Body);
        writer.BeginObject();
        writer.String("model"u8, Context.ModelSent);
        writer.Number("max_tokens"u8, Limit(fields));
        if (Context.UpstreamStreams) writer.Bool("stream"u8, true);
        SamplingMap.WriteSampling(this, writer, fields, thinks: false);
        SamplingMap.WriteSettings(this, writer, fields);
        ToolMap.Write(this, writer, fields, choice);
        using var ids = new PooledBuffer();
        var messages = new MessageMap(body, history, this, writer, ids);
        messages.WriteSystem();
        messages.WriteMessages();
        writer.EndObject();
    }

    private long Limit(ChatFields fields)
    {
        var most = Context.Traits.MaxOutput;
        if (ChatNumber.MaxTokens(this, fields) is not { } wish) return most ?? UsualLimit;
        if (wish <= (most ?? long.MaxValue)) return wish;
        Lose(ChatToAnthropicLosses.MaxTokens);
        return most!.Value;
    }
}
