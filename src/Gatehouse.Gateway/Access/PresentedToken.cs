using System.Runtime.CompilerServices;
using Gatehouse.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Access;

/// <summary>
/// The token that a request presents: from <c>Authorization: Bearer</c>, from <c>x-api-key</c>, or from both, because clients fill the
/// second one with a placeholder or with a vendor's key of their own. The one that is ours counts; two different ones of ours are refused,
/// for which of them is meant is a guess. Where one has its place in the path, it must be a good one: a header can't stand in for it, and
/// one in a header must be the same. Lives on the stack.
/// </summary>
internal ref struct PresentedToken
{
    /// <summary>The best that was presented; <see cref="AuthOutcome.Ok"/> when a well-formed token was.</summary>
    public AuthOutcome Outcome = AuthOutcome.Missing;

    private Bytes _ascii;

    private PresentedToken(int unused) => _ = unused;

    [InlineArray(TokenText.Length)]
    private struct Bytes
    {
        private byte _first;
    }

    public static PresentedToken Read(IHeaderDictionary headers, PathToken? inPath = null)
    {
        var presented = new PresentedToken(0);
        if (inPath is not null)
        {
            presented.Add(inPath.Reveal());
            if (presented.Outcome != AuthOutcome.Ok)
            {
                return presented;
            }
        }
        foreach (var value in headers.Authorization)
        {
            presented.Add(BearerValue(value));
        }
        // By TryGetValue: the dictionary has no fast property for this name.
        if (headers.TryGetValue("x-api-key", out StringValues keys))
        {
            foreach (var value in keys)
            {
                presented.Add(value.AsSpan().Trim());
            }
        }
        return presented;
    }

    /// <summary>The one header line that can hold the token, where no second one is there to be compared with it; else null.</summary>
    public static string? OnlyHeader(IHeaderDictionary headers)
    {
        var lines = headers.Authorization;
        return lines.Count == 1 && !headers.ContainsKey("x-api-key") ? lines[0] : null;
    }

    /// <summary>The keyed hash of the well-formed token.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly TokenHash Hash(TokenHasher hasher) => hasher.Hash(_ascii);

    private void Add(ReadOnlySpan<char> value)
    {
        if (value.IsEmpty || Outcome == AuthOutcome.TwoTokens)
        {
            return;
        }
        Span<byte> ascii = stackalloc byte[TokenText.Length];
        switch (TokenText.Inspect(value, ascii))
        {
            case TokenShape.WellFormed when Outcome != AuthOutcome.Ok:
                ascii.CopyTo(_ascii);
                Outcome = AuthOutcome.Ok;
                break;
            case TokenShape.WellFormed when !ascii.SequenceEqual(_ascii):
                Outcome = AuthOutcome.TwoTokens;
                break;
            case TokenShape.Malformed when Outcome is AuthOutcome.Missing or AuthOutcome.Unknown:
                Outcome = AuthOutcome.Malformed;
                break;
            case TokenShape.Foreign when Outcome == AuthOutcome.Missing:
                Outcome = AuthOutcome.Unknown;
                break;
        }
    }

    // RFC 9110 §11.1: schemes are case-insensitive. Extra blanks are tolerated; other schemes carry no token of ours.
    private static ReadOnlySpan<char> BearerValue(string? header)
    {
        var value = header.AsSpan().Trim();
        const string scheme = "Bearer";
        return value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && value.Length > scheme.Length && value[scheme.Length] is ' ' or '\t'
            ? value[scheme.Length..].Trim()
            : default;
    }
}
