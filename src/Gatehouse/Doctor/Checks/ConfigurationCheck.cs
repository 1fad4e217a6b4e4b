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
        if (scene.Config.Problems is { IsEmpty: false } problems)
            return Found([.. problems.Select(problem => CheckResult.Failed($"{scene.Location.Path}: {problem}", $"{problem.Fix}. 'gatehouse config check' shows all of it."))]);
        if (scene.Report("configuration") is { } running && running.TryGetProperty("reload_error", out var error))
            return Found(CheckResult.Failed($"The server keeps its former configuration: {error.GetString()}", "Mend the file; the server takes it over within a second."));
        return Found(CheckResult.Ok(ConfigView.Source(scene.Location)));
    }
}
