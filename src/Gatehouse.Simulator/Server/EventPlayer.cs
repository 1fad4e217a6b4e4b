using System.Buffers;
using System.Text;
using Gatehouse.Dialects.Sse;
using Gatehouse.Simulator.Faults;
using Gatehouse.Simulator.Recording;
using Gatehouse.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Simulator.Server;

/// <summary>Sends one event stream, with its pauses and its faults. One instance per stream; no thread while it waits.</summary>
internal sealed class EventPlayer(HttpContext context, StreamReply stream, Vendor vendor, TimeProvider time)
{
    private readonly FaultPlan _plan = stream.Faults;
    private readonly ArrayBufferWriter<byte> _bytes = new(512);
    private readonly WireOutput _output = new(context, stream.Faults, time);

    /// <summary>Plays the stream to its end, to its fault, or until the caller goes.</summary>
    public async Task PlayAsync(SimulatorStats stats)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        stats.StreamOpened();
        try
        {
            await context.Response.StartAsync(context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (_plan.FirstEvent > TimeSpan.Zero) await Task.Delay(_plan.FirstEvent, time, context.RequestAborted);
            await PlayEventsAsync();
        }
        finally
        {
            stats.StreamClosed(context.IsCallerGone());
        }
    }

    private async Task PlayEventsAsync()
    {
        var (deltas, first, struck) = (0, true, _plan.Body == BodyFault.None);
        foreach (var happening in stream.Events)
        {
            if (!first && stream.Pause > TimeSpan.Zero) await Task.Delay(stream.Pause, time, context.RequestAborted);
            first = false;
            if (!struck && (happening.Role == EventRole.Terminal || (happening.Role == EventRole.Delta && deltas >= _plan.After)))
            {
                struck = true;
                if (_plan.Body == BodyFault.BadJson) await _output.SendAsync(Render(Malformed(happening)));
                else
                {
                    await StrikeAsync(happening);
                    return;
                }
            }
            if (happening.Role == EventRole.Delta) deltas++;
            await _output.SendAsync(Render(happening));
        }
        await _output.CompleteAsync();
    }

    private async Task StrikeAsync(SseEvent next)
    {
        if (_plan.Body == BodyFault.ErrorEvent)
        {
            foreach (var failure in stream.Failure(Overload())) await _output.SendAsync(Render(failure));
        }
        else
        {
            if (_plan.Inside)
            {
                var whole = Render(next);
                await _output.SendAsync(whole[..(whole.Length / 2)]);
            }
            await _output.BreakAsync(_plan.Body);
        }
        if (!context.RequestAborted.IsCancellationRequested) await _output.CompleteAsync();
    }

    private ApiError Overload() => vendor == Vendor.Anthropic
        ? Anthropic.AnthropicErrors.ForStatus(529)
        : new ApiError(
            500, "server_error", "The server had an error while processing your request. Sorry about that!", null, "server_error");

    private static SseEvent Malformed(SseEvent happening) =>
        happening with { Data = happening.Data[..Math.Max(1, happening.Data.Length / 2)] };

    private ReadOnlyMemory<byte> Render(SseEvent happening)
    {
        _bytes.ResetWrittenCount();
        if (_plan.Comments) SseWriter.WriteComment(_bytes, "PROCESSING"u8);
        if (happening.Name is null) SseWriter.WriteData(_bytes, happening.Data);
        else SseWriter.WriteEvent(_bytes, Encoding.ASCII.GetBytes(happening.Name), happening.Data);
        // Payloads are single lines, so every LF is a line end of the event.
        return _plan.Crlf ? Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(_bytes.WrittenSpan).Replace("\n", "\r\n", StringComparison.Ordinal)) : _bytes.WrittenMemory;
    }
}
