using Microsoft.AspNetCore.Http;

namespace Gatehouse.Simulator.Faults;

/// <summary>
/// A reset of the connection from this side. The server reports it to the request like a caller who went away; here the two are told apart.
/// </summary>
internal static class OwnReset
{
    private static readonly object s_mark = new();

    /// <summary>Resets the connection.</summary>
    public static void Send(HttpContext context)
    {
        context.Items[s_mark] = s_mark;
        context.Abort();
    }

    /// <summary>Whether the caller went away, and not we.</summary>
    public static bool IsCallerGone(this HttpContext context) =>
        context.RequestAborted.IsCancellationRequested && !context.Items.ContainsKey(s_mark);
}
