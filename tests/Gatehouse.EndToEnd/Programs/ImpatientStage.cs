namespace Gatehouse.EndToEnd.Programs;

/// <summary>As <see cref="ProgramStage"/>, with a gateway that waits two seconds for a tool and keeps the line alive twice a second.</summary>
public sealed class ImpatientStage : ProgramStage
{
    /// <inheritdoc/>
    protected override string Limits => """ "holdSeconds": 2, """;

    /// <inheritdoc/>
    protected override string Configuration => """ "stream": { "keepAliveSeconds": 0.5 }, """;
}
