using Gatehouse.Simulator.Metering;

namespace Gatehouse.Simulator.Scripts;

/// <summary>Cuts an answer where the request's limits end it.</summary>
internal static class AnswerLimits
{
    /// <summary>Applies stop sequences, then the token limit.</summary>
    public static Answer Apply(Answer answer, Conversation talk) => LimitTokens(StopAt(answer, talk.StopSequences), talk.MaxTokens);

    private static Answer StopAt(Answer answer, IReadOnlyList<string> sequences)
    {
        for (var i = 0; sequences.Count > 0 && i < answer.Parts.Count; i++)
        {
            if (answer.Parts[i] is not TextPart part) continue;
            var text = part.Text;
            var hit = sequences.Where(s => s.Length > 0).Select(s => (Sequence: s, At: text.IndexOf(s, StringComparison.Ordinal)))
                .Where(h => h.At >= 0).OrderBy(h => h.At).FirstOrDefault();
            if (hit.Sequence is null) continue;
            return answer with
            {
                Parts = [.. answer.Parts.Take(i), part with { Fragments = EchoScript.Fragments(text[..hit.At]) }],
                End = AnswerEnd.StopSequence,
                StopSequence = hit.Sequence,
            };
        }
        return answer;
    }

    private static Answer LimitTokens(Answer answer, long? limit)
    {
        if (limit is not { } most || Tokens.Of(answer) <= most) return answer;
        var parts = new List<AnswerPart>();
        long used = 0;
        foreach (var part in answer.Parts)
        {
            var single = Tokens.Of(new Answer([part]));
            if (used + single > most)
            {
                if (part is TextPart text) parts.Add(text with { Fragments = First(text.Fragments, most - used) });
                break;
            }
            parts.Add(part);
            used += single;
        }
        return answer with { Parts = parts, End = AnswerEnd.TokenLimit };
    }

    /// <summary>As much text as the tokens left pay for, at four characters each.</summary>
    private static List<string> First(IReadOnlyList<string> fragments, long tokens)
    {
        var room = tokens * 4;
        var kept = new List<string>();
        foreach (var fragment in fragments)
        {
            if (System.Text.Encoding.UTF8.GetByteCount(fragment) is var size && size > room)
            {
                var cut = (int)Math.Min(room, fragment.Length);
                while (cut > 0 && (char.IsHighSurrogate(fragment[cut - 1])
                    || System.Text.Encoding.UTF8.GetByteCount(fragment.AsSpan(0, cut)) > room)) cut--;
                if (cut > 0) kept.Add(fragment[..cut]);
                break;
            }
            kept.Add(fragment);
            room -= size;
        }
        return kept.Count == 0 ? [""] : kept;
    }
}
