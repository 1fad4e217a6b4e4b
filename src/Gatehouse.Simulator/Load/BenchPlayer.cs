using Gatehouse.Simulator.Recording;
using Gatehouse.Simulator.Server;
using Gatehouse.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Simulator.Load;

/// <summary>Sends prebuilt answers; each event is flushed on its own, as a model would send it.</summary>
internal static class BenchPlayer
{
    /// <summary>Sends one.</summary>
    public static async Task PlayAsync(
        HttpContext context, BenchAnswer answer, Vendor vendor, string requestId, TimeProvider time, SimulatorStats stats)
    {
        VendorHeaders.Add(context.Response.Headers, vendor, requestId, time);
        if (answer.Body is { } body)
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = body.Length;
            await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
            return;
        }
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        stats.StreamOpened();
        try
        {
            for (var i = 0; i < answer.Events.Count; i++)
            {
                if (i > 0 && answer.Pause > TimeSpan.Zero) await Task.Delay(answer.Pause, time, context.RequestAborted);
                await context.Response.BodyWriter.WriteAsync(answer.Events[i], context.RequestAborted);
            }
        }
        finally
        {
            stats.StreamClosed(context.RequestAborted.IsCancellationRequested);
        }
    }
}
