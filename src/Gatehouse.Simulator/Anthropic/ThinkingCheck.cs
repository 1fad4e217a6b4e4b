using System.Text.Json;
using Gatehouse.Simulator.Sealing;
using Gatehouse.Simulator.Server;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Anthropic;

/// <summary>The rules of extended thinking: its settings, and the blocks that must come back as they were sent.</summary>
internal static class ThinkingCheck
{
    private const int SmallestBudget = 1024;

    /// <summary>Checks settings and echoed blocks.</summary>
    public static ApiError? Check(Call call, List<JsonElement> messages, Seals seals) =>
        CheckSettings(call) ?? CheckEcho(call.Body, messages, seals);

    private static ApiError? CheckSettings(Call call)
    {
        var root = call.Body;
        if (root.Get("thinking") is not { } thinking) return null;
        var type = thinking.Text("type");
        if (type is not ("enabled" or "adaptive" or "between_tools" or "disabled"))
            return ApiError.Invalid($"thinking: Input tag '{type}' found using 'type' does not match any of the expected tags: 'adaptive', 'between_tools', 'disabled', 'enabled'");
        if (type == "disabled") return null;
        if (type == "enabled")
        {
            if (thinking.Number("budget_tokens") is not { } budget)
                return ApiError.Invalid("thinking.enabled.budget_tokens: Field required");
            if (budget < SmallestBudget)
                return ApiError.Invalid("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
            // With interleaved thinking the budget spans several answers, so it may exceed one answer's limit.
            if (budget >= (root.Number("max_tokens") ?? long.MaxValue)
                && !call.Betas.Contains("interleaved-thinking-", StringComparison.Ordinal))
                return ApiError.Invalid("`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size");
        }
        if (root.Get("temperature") is { } temperature && temperature.GetDouble() is not 1)
            return ApiError.Invalid("`temperature` may only be set to 1 when thinking is enabled or in adaptive mode. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#important-considerations-when-using-extended-thinking");
        return root.Get("tool_choice")?.Text("type") is "any" or "tool"
            ? ApiError.Invalid("Thinking may not be enabled when tool_choice forces tool use.")
            : null;
    }

    private static ApiError? CheckEcho(JsonElement root, List<JsonElement> messages, Seals seals)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            var index = -1;
            foreach (var block in messages[i].Items("content"))
            {
                index++;
                var bad = block.Text("type") switch
                {
                    "thinking" => seals.Verify(MessagesBody.ThinkingSeal, block.Text("thinking") ?? "", block.Text("signature") ?? "")
                        ? null : "Invalid `signature` in `thinking` block",
                    "redacted_thinking" => seals.IsIntact(MessagesBody.RedactedSeal, block.Text("data") ?? "")
                        ? null : "Invalid `data` in `redacted_thinking` block",
                    _ => HostedBlocks.Fault(block, seals),
                };
                if (bad is not null) return ApiError.Invalid($"messages.{i}.content.{index}: {bad}");
            }
        }
        return CheckLastTurn(root, messages);
    }

    /// <summary>With thinking enabled, the turn whose tools have just run must begin with its thinking.</summary>
    private static ApiError? CheckLastTurn(JsonElement root, List<JsonElement> messages)
    {
        if (root.Get("thinking")?.Text("type") != "enabled") return null;
        var last = messages.FindLastIndex(m => m.Text("role") == "assistant");
        if (last < 0 || !messages[last].Items("content").Any(b => b.Text("type") == "tool_use")) return null;
        if (!messages.Skip(last + 1).SelectMany(m => m.Items("content")).Any(b => b.Text("type") == "tool_result")) return null;
        var first = messages[last].Items("content").First().Text("type");
        return first is "thinking" or "redacted_thinking" ? null : ApiError.Invalid(
            $"messages.{last}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{first}`. When `thinking` is enabled, a final `assistant` message "
            + "must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. "
            + "To avoid this requirement, disable `thinking`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking");
    }
}
