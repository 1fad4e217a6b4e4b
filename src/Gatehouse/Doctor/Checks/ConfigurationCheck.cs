using Gatehouse.Configuration;

namespace Gatehouse.Doctor.Checks;

/// <summary>The configuration is good, and the one in force is the one in the file.</summary>
internal sealed class ConfigurationCheck : Check
{
    /// <inheritdoc/>
    public override string Id => "configuration";

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation)
    {
        // The server's word goes before this process's: its environment may be another.
        if (scene.Report("configuration") is { } running)
        {
            return Found(running.TryGetProperty("reload_error", out var error)
                ? CheckResult.Failed($"The server keeps its former configuration: {error.GetString()}", "Mend the file; the server takes it over within a second.")
                : CheckResult.Ok(ConfigView.Source(ConfigView.Served(running, scene.Location))));
        }

        if (scene.Config.Problems is { IsEmpty: false } problems)
            return Found([.. problems.Select(problem => CheckResult.Failed($"{scene.Location.Path}: {problem}", $"{problem.Fix}. 'gatehouse config check' shows all of it."))]);
        return Found(CheckResult.Ok(ConfigView.Source(scene.Location)));
    }
}
