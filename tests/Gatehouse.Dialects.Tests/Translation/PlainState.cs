using System.Buffers.Text;
using System.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>A seal without secrecy, so that fixtures can be read: the mark, the owner's name and base64.</summary>
internal sealed class PlainSeal(string owner = "here") : StateSeal
{
    private readonly byte[] _mark = Encoding.UTF8.GetBytes($"gh1.{owner}.");

    public override void Seal(ReadOnlySpan<byte> state, PooledBuffer output)
    {
        output.Append(_mark);
        output.Append(Encoding.UTF8.GetBytes(Base64Url.EncodeToString(state)));
    }

    public override bool TryOpen(ReadOnlySpan<byte> text, PooledBuffer state)
    {
        if (!text.StartsWith(_mark) || !Base64Url.IsValid(text[_mark.Length..])) return false;
        state.Append(Base64Url.DecodeFromUtf8(text[_mark.Length..]));
        return true;
    }
}

/// <summary>A memory that lasts as long as the test.</summary>
internal sealed class PlainMemory : ReasoningMemory
{
    public SortedDictionary<string, string> Kept { get; } = new(StringComparer.Ordinal);

    public override void Remember(ReadOnlySpan<byte> toolCallId, ReadOnlySpan<byte> state) =>
        Kept[Encoding.UTF8.GetString(toolCallId)] = Encoding.UTF8.GetString(state);

    public override bool TryRecall(ReadOnlySpan<byte> toolCallId, PooledBuffer state)
    {
        if (!Kept.TryGetValue(Encoding.UTF8.GetString(toolCallId), out var kept)) return false;
        state.Append(Encoding.UTF8.GetBytes(kept));
        return true;
    }
}
