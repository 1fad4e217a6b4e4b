using System.Text.Json;

namespace Gatehouse.Doctor.Checks;

/// <summary>The providers answer, by what the running server saw of them.</summary>
internal sealed class ProvidersCheck : Check
{
    /// <inheritdoc/>
    public override string Id => "providers";

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation) =>
        Found(scene.Report("providers") is { } providers && providers.GetArrayLength() > 0
            ? [.. providers.EnumerateArray().Select(Of)]
            : [CheckResult.NotApplicable("No server answers, or it has no providers.")]);

    private static CheckResult Of(JsonElement provider)
    {
        var name = provider.GetProperty("name").GetString()!;
        var kind = provider.TryGetProperty("last_failure_kind", out var last) ? last.GetString() : null;
        return provider.GetProperty("state").GetString() switch
        {
            "failing" => CheckResult.Failed(
                $"The last {provider.GetProperty("consecutive_faults").GetInt32()} calls failed, the last one with {kind}.",
                "Look whether the provider itself is well; 'gatehouse smoke --provider " + name + "' calls it.", name),
            "ok" => CheckResult.Ok("answers", name),
            _ => CheckResult.Ok("was not called yet", name),
        };
    }
}
