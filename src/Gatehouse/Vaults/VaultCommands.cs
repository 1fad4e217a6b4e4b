using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Installations;
using Gatehouse.Secrets;

namespace Gatehouse.Vaults;

/// <summary><c>gatehouse vault</c>: the keys that credentials are sealed with.</summary>
internal static class VaultCommands
{
    private static readonly Option<bool> s_reseal = new("--reseal")
    {
        Description = "Also make a new vault key and seal every credential anew with it.",
    };

    private static readonly Option<bool> s_keepMaster = new("--keep-master-key")
    {
        Description = "Leave the master key as it is; with --reseal.",
    };

    /// <summary>Builds the commands.</summary>
    public static Command Build() => new("vault", "Look after the keys that credentials are sealed with.")
    {
        new Verb(
            "rotate",
            $"Put the data keys under a new master key, while a server runs. A key file is replaced, and the former one kept beside it for backups made before; where the master key stands in {MasterKeySource.Variable}, the new one is taken from {MasterKeySource.NextVariable}. Interrupted, it goes on when called again.",
            "gatehouse vault rotate",
            "gatehouse vault rotate --reseal",
            "gatehouse vault rotate --reseal --keep-master-key") { s_reseal, s_keepMaster, CommonOptions.Json }
            .RunsOnInstallation(RotateAsync),
    };

    private static async Task<Report> RotateAsync(Invocation invocation, Installation installation)
    {
        var plan = new RotationPlan(!invocation.Parsed.GetValue(s_keepMaster), invocation.Parsed.GetValue(s_reseal));
        if (plan is { MasterKey: false, Reseal: false })
            return Report.Failed(new Problem("There is nothing to do: --keep-master-key goes with --reseal."));
        var edited = await installation.Rotation.RotateAsync(Actor.OfThisMachine, plan, invocation.Cancelled);
        if (edited.Value is not { } done) return Report.Failed(new Problem(edited.Error!));
        return Report.Done(
            terminal =>
            {
                foreach (var line in Lines(plan, done)) terminal.Say(line);
            },
            json =>
            {
                json.WriteStartObject();
                json.WriteString("masterKey", done.MasterKeyOrigin);
                json.WriteBoolean("masterKeyReplaced", plan.MasterKey);
                json.WriteString("formerKeyFile", done.KeptKeyFile);
                json.WriteNumber("resealed", done.Resealed);
                json.WriteBoolean("resumed", done.Resumed);
                json.WriteStartArray("unreadable");
                foreach (var name in done.Unreadable) json.WriteStringValue(name);
                json.WriteEndArray();
                json.WriteEndObject();
            });
    }

    private static IEnumerable<string> Lines(RotationPlan plan, Rotation done)
    {
        if (plan.Reseal)
            yield return $"Sealed {done.Resealed} credentials anew with {(done.Resumed ? "the key of the rotation that was interrupted" : "a new vault key")}.";
        foreach (var name in done.Unreadable) yield return $"The credential {name} can't be opened: its row was altered. It was left as it is.";
        if (!plan.MasterKey) yield break;
        yield return $"The data keys are under a new master key now: {done.MasterKeyOrigin}.";
        yield return done.KeptKeyFile is { } kept
            ? $"The former one is kept for backups made before: {kept}. Delete it when you have none of those."
            : $"Set {MasterKeySource.Variable} to it before the next start, and take {MasterKeySource.NextVariable} away. Backups made before still need the former one.";
    }
}
