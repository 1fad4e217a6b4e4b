using System.Text;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Stages;

/// <summary>One request that a client sent through Gatehouse, what the provider received of it, and what the ledger says.</summary>
/// <param name="Call">What the client sent and was answered.</param>
/// <param name="Received">What the provider received.</param>
/// <param name="Row">The exchange's row.</param>
internal sealed record Carried(Call Call, SentRequest Received, LedgerRow Row)
{
    /// <summary>
    /// Headers that belong to one connection or to Gatehouse and are set anew, and what Node's fetch says in a browser's name, which stays
    /// behind.
    /// </summary>
    private static readonly string[] _setAnew =
    [
        "host", "connection", "keep-alive", "transfer-encoding", "content-length", "te", "expect", "accept-encoding", "authorization",
        "x-api-key",
        "sec-fetch-mode", "traceparent",
    ];

    /// <summary>
    /// Fails unless the provider received what the client sent: the same method, target and body bytes, every header of the client's own
    /// with its
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
        var all = Received.Target + string.Join("\n", Received.Headers.Select(header => $"{header.Key}: {header.Value}"))
            + Encoding.Latin1.GetString(Received.Body);
        all.ShouldNotContain(token);
    }

    /// <summary>Fails unless the ledger shows an exchange of this kind that went well, with the provider's own token counts.</summary>
    public void ShouldBeMetered(ExchangeOperation operation, bool stream, string client)
    {
        Row.End.ShouldBe(ExchangeEnd.Ok);
        Row.Operation.ShouldBe(operation);
        Row.Stream.ShouldBe(stream);
        Row.Status.ShouldBe(200);
        Row.Provider.ShouldBe("local");
        Row.CredentialSource.ShouldBe("env");
        Row.Client.ShouldBe(client);
        Row.RequestBytes.ShouldBe(Call.Sent.Body.Length);
        Row.UsageSource.ShouldBe(UsageSource.Upstream);
        (Row.InputTokens.ShouldNotBeNull() + (Row.CacheReadTokens ?? 0) + (Row.CacheWriteTokens ?? 0)).ShouldBeGreaterThan(0);
        Row.OutputTokens.ShouldNotBeNull().ShouldBeGreaterThan(0);
    }
}
