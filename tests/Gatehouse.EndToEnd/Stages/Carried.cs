using System.Text;
using Gatehouse.EndToEnd.Wire;

namespace Gatehouse.EndToEnd.Stages;

/// <summary>One request that a client sent through Gatehouse, and what the provider received of it.</summary>
/// <param name="Call">What the client sent and was answered.</param>
/// <param name="Received">What the provider received.</param>
internal sealed record Carried(Call Call, SentRequest Received)
{
    /// <summary>Headers that belong to one connection or to Gatehouse: they are set anew on the way.</summary>
    private static readonly string[] _setAnew =
        ["host", "connection", "keep-alive", "transfer-encoding", "content-length", "te", "expect", "accept-encoding", "authorization", "x-api-key"];

    /// <summary>
    /// Fails unless the provider received what the client sent: the same method, target and body bytes, every header of the client's own with its
    /// value, none added, the provider's key, and the client's token nowhere.
    /// </summary>
    public void ShouldBeIdentical(string token, string providerKey)
    {
        var sent = Call.Sent;
        $"{Received.Method} {Received.Target}".ShouldBe($"{sent.Method} {sent.Target}");
        if (!Received.Body.AsSpan().SequenceEqual(sent.Body)) Received.Text.ShouldBe(sent.Text, "the body must arrive byte for byte");
        var received = Received.Headers.ToLookup(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in sent.Headers.Where(header => !_setAnew.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
            string.Join(",", received[name]).ShouldBe(value, $"header {name}");
        received.Select(header => header.Key).Where(name => !_setAnew.Contains(name, StringComparer.OrdinalIgnoreCase))
            .Except(sent.Headers.Select(header => header.Key), StringComparer.OrdinalIgnoreCase)
            .ShouldBeEmpty("headers that the client did not send");
        (Received.Header("x-api-key") ?? Received.Header("authorization")).ShouldBeOneOf(providerKey, $"Bearer {providerKey}");
        var all = Received.Target + string.Join("\n", Received.Headers.Select(header => $"{header.Key}: {header.Value}")) + Encoding.Latin1.GetString(Received.Body);
        all.ShouldNotContain(token);
    }
}
