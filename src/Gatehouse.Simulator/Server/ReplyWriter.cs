using System.Globalization;
using Gatehouse.Simulator.Anthropic;
using Gatehouse.Simulator.Faults;
using Gatehouse.Simulator.OpenAi;
using Gatehouse.Simulator.Recording;
using Gatehouse.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Simulator.Server;

/// <summary>Puts replies on the wire: first the faults that come before the body, then the body.</summary>
internal sealed class ReplyWriter(Backstage stage, SimulatorStats stats)
{
    private readonly Alternation _turns = new();

    /// <summary>Writes a reply to its end, to its fault, or until the caller goes away.</summary>
    public async Task WriteAsync(HttpContext context, Reply reply, Vendor vendor, string requestId)
    {
        var plan = reply.Faults;
        var wait = reply.FirstByteDelay + plan.FirstByte;
        if (wait > TimeSpan.Zero) await Task.Delay(wait, stage.Time, context.RequestAborted);
        var early = plan.ResetBeforeHeaders || plan.Status is not null;
        if (early && plan.Once && !_turns.Strikes($"{context.Request.Headers["x-sim-key"]} {reply.Model}")) early = false;
        if (early && plan.ResetBeforeHeaders)
        {
            OwnReset.Send(context);
            return;
        }
        VendorHeaders.Add(context.Response.Headers, vendor, requestId, stage.Time);
        if (vendor == Vendor.Anthropic) Subscription.Of(context.Request)?.AddTo(context.Response.Headers, stage.Time);
        foreach (var (name, value) in reply.Headers) context.Response.Headers[name] = value;
        if (early)
            await WriteErrorAsync(context, ForStatus(vendor, plan) with { RetryAfter = plan.RetryAfter }, plan, vendor, requestId);
        else if (reply is ErrorReply error)
            await WriteErrorAsync(context, error.Error, FaultPlan.None, vendor, requestId);
        else if (plan.Html)
            await BodyPlayer.PlayPageAsync(context, plan, stage.Time);
        else if (reply is StreamReply stream)
            await new EventPlayer(context, stream, vendor, stage.Time).PlayAsync(stats);
        else
            await BodyPlayer.PlayAsync(context, (JsonReply)reply, stage.Time);
    }

    private static ApiError ForStatus(Vendor vendor, FaultPlan plan) =>
        vendor == Vendor.Anthropic ? AnthropicErrors.ForStatus(plan.Status!.Value) : OpenAiErrors.ForStatus(plan.Status!.Value);

    private async Task WriteErrorAsync(HttpContext context, ApiError error, FaultPlan plan, Vendor vendor, string requestId)
    {
        if (error.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (vendor == Vendor.Anthropic)
            context.Response.Headers["x-should-retry"] = error.Status is 408 or 409 or 429 or >= 500 ? "true" : "false";
        var body = vendor == Vendor.Anthropic
            ? Json.Compact(AnthropicErrors.Envelope(error, requestId))
            : Json.Indented(OpenAiErrors.Envelope(error));
        await BodyPlayer.PlayAsync(context, new JsonReply(error.Status, body) { Faults = plan }, stage.Time);
    }
}
