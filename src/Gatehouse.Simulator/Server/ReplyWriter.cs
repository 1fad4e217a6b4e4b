using Gatehouse.Dialects.Sse;
using Gatehouse.Simulator.Anthropic;
using Gatehouse.Simulator.OpenAi;
using Gatehouse.Simulator.Recording;
using Gatehouse.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Simulator.Server;

/// <summary>Puts replies on the wire.</summary>
internal sealed class ReplyWriter(Backstage stage, SimulatorStats stats)
{
    /// <summary>Writes a reply to its end, or until the caller goes away.</summary>
    public async Task WriteAsync(HttpContext context, Reply reply, Vendor vendor, string requestId)
    {
        VendorHeaders.Add(context.Response.Headers, vendor, requestId, stage.Time);
        foreach (var (name, value) in reply.Headers) context.Response.Headers[name] = value;
        if (reply.FirstByteDelay > TimeSpan.Zero) await Task.Delay(reply.FirstByteDelay, stage.Time, context.RequestAborted);
        switch (reply)
        {
            case JsonReply json:
                await WriteBodyAsync(context, json.Status, json.Body);
                break;
            case ErrorReply { Error: var error }:
                if (error.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
                await WriteBodyAsync(context, error.Status, ErrorBody(error, vendor, requestId));
                break;
            case StreamReply stream:
                await WriteStreamAsync(context, stream);
                break;
            default:
                throw new InvalidOperationException("A reply of unknown kind.");
        }
    }

    private static byte[] ErrorBody(ApiError error, Vendor vendor, string requestId) => vendor == Vendor.Anthropic
        ? Json.Compact(AnthropicErrors.Envelope(error, requestId))
        : Json.Indented(OpenAiErrors.Envelope(error));

    private static async Task WriteBodyAsync(HttpContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private async Task WriteStreamAsync(HttpContext context, StreamReply stream)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        stats.StreamOpened();
        try
        {
            var first = true;
            foreach (var happening in stream.Events)
            {
                if (!first && stream.Pause > TimeSpan.Zero) await Task.Delay(stream.Pause, stage.Time, context.RequestAborted);
                first = false;
                WriteEvent(context.Response.BodyWriter, happening);
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
                context.RequestAborted.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            stats.StreamClosed(context.RequestAborted.IsCancellationRequested);
        }
    }

    private static void WriteEvent(System.IO.Pipelines.PipeWriter output, SseEvent happening)
    {
        if (happening.Name is null) SseWriter.WriteData(output, happening.Data);
        else SseWriter.WriteEvent(output, System.Text.Encoding.ASCII.GetBytes(happening.Name), happening.Data);
    }
}
