namespace Gatehouse.EndToEnd.Programs;

/// <summary>
/// As <see cref="ProgramStage"/>, with a gateway that waits two seconds for a tool and keeps the line alive twice a second, and with programs of which it is known what
/// they are told.
/// </summary>
public sealed class ImpatientStage : ProgramStage
{
    /// <inheritdoc/>
    protected override string Limits => """ "holdSeconds": 2, """;

    /// <inheritdoc/>
    protected override string Program(string program, string folder) => OverheardProgram.Install(program, folder);

    /// <inheritdoc/>
    protected override string Configuration => """ "stream": { "keepAliveSeconds": 0.5 }, """;

    /// <summary>What processes of a version were told.</summary>
    internal OverheardProgram Overheard(string version) => new(Folder(version));
}
