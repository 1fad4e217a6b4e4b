using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Sends what is answered in one piece: errors, lists, reports. A client that takes none of it is left after a while, as one is that stops reading a stream: it would hold its
/// connection, and the place of an exchange, for ever.
/// </summary>
public static class WholeAnswer
{
    /// <summary>Sends the body of an answer whose head is ready, and breaks the connection off when it is not taken. Does not throw when the client goes.</summary>
    public static ValueTask SendAsync(HttpContext http, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(http);
        var sending = http.Response.BodyWriter.WriteAsync(body);
        return sending.IsCompletedSuccessfully ? ValueTask.CompletedTask : WaitAsync(http, sending.AsTask(), body.Length);
    }

    /// <summary>Sends the head of an answer that has no body, under the same bound. Does not throw when the client goes.</summary>
    internal static ValueTask SendHeadAsync(HttpContext http)
    {
        var sending = http.Response.CompleteAsync();
        return sending.IsCompletedSuccessfully ? ValueTask.CompletedTask : WaitAsync(http, sending, length: 0);
    }

    private static async ValueTask WaitAsync(HttpContext http, Task sending, int length)
    {
        var patience = (http.Features.Get<AnswerPatience>() ?? AnswerPatience.Usual).For(length);
        await using var left = TimeProvider.System.CreateTimer(static http => ((HttpContext)http!).Abort(), http, patience, Timeout.InfiniteTimeSpan);
        await sending;
    }
}
