using Gatehouse.Secrets;

namespace Gatehouse.Doctor.Checks;

/// <summary>The master key is there and opens what the database holds.</summary>
internal sealed class MasterKeyCheck : Check
{
    /// <inheritdoc/>
    public override string Id => "master-key";

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation) => Found(scene switch
    {
        { KeyFault: { } fault } => CheckResult.Failed(fault, "Without it no stored key and no token works. Put the right one back; a copy belongs with the backups, apart from the database's."),
        { Installation: null } => CheckResult.NotApplicable("There is no database that can be opened."),
        _ => CheckResult.Ok($"{(string.IsNullOrEmpty(scene.Environment(MasterKeySource.Variable)) ? scene.KeyFile : MasterKeySource.Variable)} opens the keys of the database."),
    });
}
