using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// A translated request of a Responses client, whatever the upstream: its tools under both names, the fields that the answer repeats, and the
/// answer's stream. Belongs to one attempt, not thread-safe.
/// </summary>
internal abstract class ResponsesEdgeRequest(EdgeContext context) : EdgeRequest(context)
{
    /// <summary>The client's tools under both names.</summary>
    public ToolNames Names { get; } = new(context.Traits.MaxToolName);

    /// <summary>The request's fields that every response object repeats, as members.</summary>
    public PooledBuffer Echo { get; } = new();

    /// <summary>The upstream's own state, opened from the input's reasoning items.</summary>
    public PooledBuffer States { get; } = new();

    /// <summary>Short-lived text.</summary>
    public PooledBuffer Scratch { get; } = new();

    /// <summary>The tool that stands in for an output format; null when there is none.</summary>
    public ToolName? FormatTool { get; set; }

    /// <summary>MCP servers that the provider shall call itself, separated by commas; null when there are none.</summary>
    public PooledBuffer? McpServers { get; set; }

    /// <summary>Whether the provider shall search the web, where that is no tool but a field.</summary>
    public bool WebSearch { get; set; }

    /// <summary>Whether the answer shall tell the pages that a web search found.</summary>
    public bool WantsSources { get; set; }

    /// <summary>Whether the answer shall tell what code that was run put out.</summary>
    public bool WantsOutputs { get; set; }

    /// <summary>Whether the answer's text shall come with the log probabilities of its tokens.</summary>
    public bool WantsLogprobs { get; set; }

    /// <summary>The client's stream; null until the answer begins.</summary>
    protected ResponsesStream? Stream { get; set; }

    /// <summary>Notes a loss.</summary>
    public void Lose(Loss loss) => Losses.Add(loss);

    /// <summary>Notes a loss if it is one.</summary>
    public void Lose(Loss loss, bool isLost)
    {
        if (isLost) Losses.Add(loss);
    }

    /// <summary>Refuses the request; the first reason stays.</summary>
    /// <param name="param">The field at fault, or null.</param>
    /// <param name="message">What is wrong and what to do.</param>
    public void Refuse(string? param, string message) => Refusal ??= new DialectError(ErrorKind.InvalidRequest, message, null, param);

    /// <summary>The value if it is right; otherwise nothing, and the request is refused.</summary>
    public JsonView Check(JsonView value, bool isRight, string param, string must)
    {
        if (isRight) return value;
        Refuse(param, $"The field '{param}' must be {must}.");
        return default;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Stream?.Dispose();
        Echo.Dispose();
        States.Dispose();
        McpServers?.Dispose();
        Scratch.Dispose();
        base.Dispose();
    }
}
