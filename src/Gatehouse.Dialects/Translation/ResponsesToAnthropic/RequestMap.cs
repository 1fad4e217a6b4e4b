using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>Writes a Responses request as a Messages request: what seldom changes first, the conversation last.</summary>
internal static class RequestMap
{
    /// <summary>Writes the body, or leaves the reason why not in the attempt.</summary>
    public static void Write(ReadOnlySpan<byte> body, ResponsesToAnthropicRequest attempt)
    {
        var request = ResponsesRequest.Read(body, attempt);
        if (attempt.Refusal is not null) return;
        var items = InputItems.Read(ref request, attempt);
        if (attempt.Refusal is not null) return;
        ResponsesEcho.Write(request.Root, attempt.Echo);
        var wish = ToolWish.Read(request.ToolChoice, attempt);
        var format = OutputFormat.Read(request.Format, Dialect.Anthropic, attempt);
        var plan = Plan(request, items, wish, format, attempt);
        if (attempt.Refusal is not null) return;

        var json = new JsonWriter(attempt.Body);
        var marks = new CacheMarks(attempt.Body, attempt.Context.Traits.CacheMarkers) { OnlyOwn = request.PromptCacheOptions["mode"u8].Is("explicit"u8) };
        json.BeginObject();
        json.String("model"u8, attempt.Context.ModelSent);
        if (attempt.Context.UpstreamStreams) json.Bool("stream"u8, true);
        plan.WriteLimit(json);
        SamplingMap.Write(json, request, plan, attempt);
        plan.WriteThinking(json);
        attempt.Lose(ResponsesLosses.FormatSchema, plan.WriteOutputConfig(json, format.Native, attempt.Context.Traits.RefusedSchemaKeywords));
        ToolMap.Write(json, request, items, wish, format, attempt, marks);
        if (attempt.McpServers is { } servers)
        {
            json.BeginArray("mcp_servers"u8);
            json.Raw(servers.Written);
            json.EndArray();
            attempt.NeedsBeta(McpTool.Beta);
        }

        var messages = new MessageMap(request, items, attempt, json, marks, plan);
        messages.WriteSystem(format);
        messages.WriteMessages();
        json.EndObject();
        marks.Place();
        if (attempt.Names.IsOverfull) attempt.Refuse("tools", ToolNames.TooMany);
        if (attempt.Refusal is not null) attempt.Body.Clear();
    }

    private static ThinkingPlan Plan(ResponsesRequest request, InputItems items, ToolWish wish, OutputFormat format, ResponsesToAnthropicRequest attempt)
    {
        var effort = EffortScale.Read(request.Effort);
        if (request.Effort.IsString && effort == Effort.Unset)
            attempt.Refuse("reasoning.effort", "The field 'reasoning.effort' must be one of none, minimal, low, medium, high, xhigh and max.");
        var plan = ThinkingPlan.Decide(
            new ThinkingWish
            {
                Effort = effort,
                WantsSummary = request.WantsSummary,
                ReadsThinking = request.WantsSummary,
                MaxOutput = request.MaxOutputTokens,
                ForcesTool = wish.Forces || format.NeedsTool,
                LacksThinking = items.LacksThinking(attempt.States.Written),
            },
            attempt.Context.Traits);
        attempt.Lose(ResponsesToAnthropicLosses.Thinking, plan.DropsThinking);
        attempt.Lose(ResponsesLosses.Effort, plan.ChangesEffort);
        attempt.Lose(ResponsesLosses.MaxOutput, plan.CutsLimit);
        attempt.Lose(ResponsesLosses.ReasoningContext, request.Reasoning["context"u8].IsString || request.Reasoning["mode"u8].Is("pro"u8));
        return plan;
    }
}
