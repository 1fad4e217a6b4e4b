using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Counting;

/// <summary>Measures what a request of any dialect gives a model to read. Pure; allocates nothing.</summary>
public static class InputMeasure
{
    /// <summary>
    /// Measures a request's body. One that is not JSON counts as text from end to end: it is for others to refuse, and no way around a limit.
    /// </summary>
    public static InputSize Of(ReadOnlySpan<byte> body)
    {
        using var loan = IndexLoan.Take();
        return JsonView.TryParse(body, loan.Index, out _) ? Of(body, loan.Index) : OfText(body);
    }

    /// <summary>Measures a body that was read into the index. Zero for one that is no object.</summary>
    internal static InputSize Of(ReadOnlySpan<byte> body, JsonIndex index)
    {
        // Without an index it is little else than digits and brackets.
        return index.IsWhole ? InputWalk.Measure(body, index.All) : OfText(body);
    }

    private static InputSize OfText(ReadOnlySpan<byte> body)
    {
        var size = default(InputSize);
        TextMeasure.Add(body, ref size);
        return size;
    }
}
