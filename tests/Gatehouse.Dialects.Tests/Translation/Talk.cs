using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>All that is said in a conversation, by both sides.</summary>
/// <param name="Words">What the client's side says, in order; from the beginning again when they are used up.</param>
/// <param name="Turns">What the model says.</param>
/// <param name="Seed">Decides where the model's texts are cut and how JSON is escaped.</param>
internal sealed record Talk(IReadOnlyList<string> Words, IReadOnlyList<SaidTurn> Turns, int Seed)
{
    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The conversation between a client and an upstream that these words make.</summary>
    public Conversation Begin(Dialect client, Dialect upstream) => new(client, upstream, new Speakers(this), Seed % 2 == 0);

    /// <inheritdoc/>
    public override string ToString() => JsonSerializer.Serialize(this, s_readable);

    private sealed class Speakers(Talk talk) : RandomConversations(talk.Seed)
    {
        private int _next;

        public override string Text() => talk.Words[_next++ % talk.Words.Count];

        public override SaidTurn Turn(int number, bool isLast) => talk.Turns[number];
    }
}
