namespace Gatehouse.Gateway.Access;

/// <summary>
/// The token that stands in a path, <c>/ai/proxy/{token}/…</c>, for harnesses that take an address and nothing else. It is taken out of the
/// request before anything else sees the path, and travels in this wrapper, which prints as a mask. Immutable.
/// </summary>
internal sealed class PathToken(string text)
{
    /// <summary>What stood in the path, well-formed or not.</summary>
    public ReadOnlySpan<char> Reveal() => text;

    /// <summary>Always a mask.</summary>
    public override string ToString() => "***";
}
