using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.SameDialect;

/// <summary>
/// Not a translation but a change of form, for a provider that speaks the caller's dialect and gives only streams, or only documents: the request goes as it is
/// but for its <c>stream</c>, and the answer is collected or replayed. Loses nothing. Thread-safe.
/// </summary>
public sealed class FormEdge : Edge
{
    private static readonly FormEdge[] s_all = [.. DialectNames.All.Select(static dialect => new FormEdge(dialect))];

    private readonly Dialect _dialect;

    private FormEdge(Dialect dialect) => _dialect = dialect;

    /// <inheritdoc/>
    public override Dialect Client => _dialect;

    /// <inheritdoc/>
    public override Dialect Upstream => _dialect;

    /// <inheritdoc/>
    public override IReadOnlyList<Loss> Losses => [];

    /// <summary>The one for a dialect.</summary>
    public static FormEdge Of(Dialect dialect) => s_all[(int)dialect];

    /// <inheritdoc/>
    public override EdgeRequest Translate(ReadOnlySpan<byte> body, EdgeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new FormRequest(_dialect, body, context);
    }

    private sealed class FormRequest : EdgeRequest
    {
        private readonly Dialect _dialect;
        private bool _asksUsage;

        public FormRequest(Dialect dialect, ReadOnlySpan<byte> body, EdgeContext context)
            : base(context)
        {
            _dialect = dialect;
            if (TryOpen(body, out var request)) Write(request);
            else Refusal = new DialectError(ErrorKind.InvalidRequest, "The request body is not a JSON object.");
            Close();
        }

        /// <inheritdoc/>
        private protected override StreamMap MakeAnswer(EventWriter events) => new PassingMap(_dialect, events, hidesUsage: Context.ClientStreams && !_asksUsage);

        private void Write(JsonView request)
        {
            var writer = new JsonWriter(Body);
            writer.BeginObject();
            foreach (var member in request.Members)
            {
                if (member.Is("stream_options"u8)) _asksUsage = member.Value["include_usage"u8].IsTrue;
                if (member.Is("stream"u8) || member.Is("stream_options"u8)) continue;
                writer.EscapedName(member.EscapedName);
                if (member.Is("model"u8) && Context.ModelSent != Context.ModelAsked) writer.String(Context.ModelSent);
                else writer.Raw(member.Value);
            }

            writer.Bool("stream"u8, Context.UpstreamStreams);
            // The usage of a stream that the caller did not ask for is needed for the document that it did.
            if (Context is { UpstreamStreams: true, AsksUsage: true } && _dialect == Dialect.OpenAiChat) writer.Raw("stream_options"u8, "{\"include_usage\":true}"u8);
            writer.EndObject();
        }
    }

    /// <summary>Passes every event on as it is, and knows which of them ends the stream.</summary>
    private sealed class PassingMap(Dialect dialect, EventWriter events, bool hidesUsage) : StreamMap
    {
        private bool _sawFinish;
        private long _sequence = -1;

        /// <summary>The event with which the upstream ended its answer badly, and its name; null when it was not the upstream that did.</summary>
        private (byte[] Name, byte[] Data)? _said;

        /// <inheritdoc/>
        protected override bool ClosesFailures => _said is { } said && said.Name.AsSpan().SequenceEqual("response.failed"u8);

        private protected override void OnEvent(ReadOnlySpan<byte> name, JsonView data)
        {
            var type = data["type"u8];
            if (data["sequence_number"u8].TryInteger(out var number)) _sequence = number;
            if (IsError(type, data))
            {
                _said = ((name.IsEmpty ? type.Escaped : name).ToArray(), data.Raw.ToArray());
                Fail(UpstreamErrors.OfEvent(dialect, data));
                return;
            }

            if (dialect == Dialect.OpenAiChat)
            {
                foreach (var choice in data["choices"u8].Items) _sawFinish |= choice["finish_reason"u8] is { IsString: true, IsEmpty: false };
                if (hidesUsage && data["choices"u8].IsEmpty && data["usage"u8].IsObject) return;
                events.Begin().Raw(data.Raw);
            }
            else events.Begin(name.IsEmpty ? type.Escaped : name).Raw(data.Raw);
            events.End();
            if (type.Is("message_stop"u8) || type.Is("response.completed"u8) || type.Is("response.incomplete"u8)) MarkEnded();
        }

        protected override void OnFinish()
        {
            if (!_sawFinish)
            {
                Fail(new DialectError(ErrorKind.BadGateway, "The provider ended its answer before it was complete. Trying again may help.", "upstream_truncated"));
                return;
            }

            events.Done();
            MarkEnded();
        }

        /// <summary>The upstream's own words for it stay as they are, whatever is in them.</summary>
        protected override void OnFail(DialectError error)
        {
            if (_said is not { } said)
            {
                events.Fail(dialect, error, _sequence + 1);
                return;
            }

            (dialect == Dialect.OpenAiChat ? events.Begin() : events.Begin(said.Name)).Raw(said.Data);
            events.End();
        }

        private bool IsError(JsonView type, JsonView data) =>
            type.Is("error"u8) || type.Is("response.failed"u8) || (dialect == Dialect.OpenAiChat && !data["error"u8].IsNullOrAbsent);
    }
}
