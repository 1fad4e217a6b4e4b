using Gatehouse.Simulator.Faults;
using Gatehouse.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Simulator.Server;

/// <summary>Sends one whole body, with its faults.</summary>
internal static class BodyPlayer
{
    private static readonly byte[] s_page =
        "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>\n"u8.ToArray();

    /// <summary>Sends a JSON body.</summary>
    public static async Task PlayAsync(HttpContext context, JsonReply reply, TimeProvider time)
    {
        var plan = reply.Faults;
        var body = plan.Body switch
        {
            BodyFault.ErrorEvent => reply.FailedBody ?? reply.Body,
            // The right length, the wrong content: only a parser notices.
            BodyFault.BadJson => [.. reply.Body.AsSpan(0, reply.Body.Length / 2), .. ",,}}"u8],
            _ => reply.Body,
        };
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = "application/json";
        var output = new WireOutput(context, plan, time);
        var breaks = plan.Body is BodyFault.Reset or BodyFault.Stall or BodyFault.Truncate or BodyFault.Eof;
        if (output.KeepsLength && plan.Body != BodyFault.Eof) context.Response.ContentLength = body.Length;
        await output.SendAsync(breaks ? body.AsMemory(0, body.Length / 2) : body);
        if (breaks) await output.BreakAsync(plan.Body);
        if (!context.RequestAborted.IsCancellationRequested) await output.CompleteAsync();
    }

    /// <summary>Sends a web page with status 200, as captive portals and misrouted proxies do.</summary>
    public static async Task PlayPageAsync(HttpContext context, FaultPlan plan, TimeProvider time)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        var output = new WireOutput(context, plan, time);
        await output.SendAsync(s_page);
        await output.CompleteAsync();
    }
}
