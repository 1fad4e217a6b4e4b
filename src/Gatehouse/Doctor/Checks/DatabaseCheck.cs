using System.Globalization;
using Gatehouse.Storage;

namespace Gatehouse.Doctor.Checks;

/// <summary>The database can be opened and is whole.</summary>
internal sealed class DatabaseCheck : Check
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public override string Id => "database";

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation)
    {
        if (scene.StoreFault is { } fault) return [CheckResult.Failed(fault.Message, Help(fault.Failure))];
        if (scene.Store is not { } store) return [CheckResult.NotApplicable($"There is no database in {scene.Directory} yet: the first 'gatehouse serve' makes one.")];
        var size = string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(store.File).Length / 1048576.0:0.0} MB");
        try
        {
            var said = await store.ReadAsync(
                connection =>
                {
                    using var command = connection.CreateCommand();
                    command.CommandText = "PRAGMA quick_check(1)";
                    return command.ExecuteScalar() as string;
                },
                s_limit, cancellation);
            return [said == "ok" ? CheckResult.Ok($"{store.File}, {size}, is whole.") : CheckResult.Failed($"{store.File} is damaged: {said}", Help(StoreFailure.Damaged))];
        }
        catch (TimeoutException)
        {
            return [CheckResult.Ok($"{store.File}, {size}, opens; looking through all of it would take longer than {s_limit.TotalSeconds:0} s.")];
        }
        catch (StoreException e)
        {
            return [CheckResult.Failed(e.Message, Help(e.Failure))];
        }
    }

    private static string Help(StoreFailure failure) => failure switch
    {
        StoreFailure.Damaged => "Stop the server, keep a copy of the data directory, and put the database back from a backup.",
        StoreFailure.Newer => "Run the Gatehouse that made it, or a newer one.",
        StoreFailure.Full => "Make room on the disk.",
        StoreFailure.Busy => "Another program holds it: close it, or try again.",
        _ => "Let this user read and write the data directory, or name another with --data-dir.",
    };
}
