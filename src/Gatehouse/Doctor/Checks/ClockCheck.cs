using System.Globalization;

namespace Gatehouse.Doctor.Checks;

/// <summary>
/// This machine's clock agrees with the providers', by the dates of their answers to the running server, and with what the database holds.
/// A wrong one makes fresh tokens look expired, and certificates and signatures look forged.
/// </summary>
internal sealed class ClockCheck : Check
{
    private static readonly TimeSpan s_most = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public override string Id => "clock";

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation)
    {
        const string help = "Set the clock, or let the machine set it: timedatectl set-ntp true";
        var now = scene.Clock.GetUtcNow();
        if (scene.Tokens.Select(token => token.LastUsedAt ?? token.CreatedAt).DefaultIfEmpty().Max() is var latest && latest > now + s_most)
            return Found(CheckResult.Failed($"The database holds a time to come, {latest:yyyy-MM-dd HH:mm}Z: the clock was set back.", help));
        if (scene.Report("providers") is not { } providers) return Found(CheckResult.NotApplicable("No server answers, so no provider's clock is known."));
        var results = new List<CheckResult>();
        foreach (var provider in providers.EnumerateArray())
        {
            if (!provider.TryGetProperty("clock_ahead_seconds", out var seconds)) continue;
            var ahead = TimeSpan.FromSeconds(seconds.GetDouble());
            var name = provider.GetProperty("name").GetString()!;
            var evidence = string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(ahead.TotalSeconds):0} s {(ahead < TimeSpan.Zero ? "behind" : "ahead of")} the provider's clock");
            results.Add(ahead.Duration() > s_most ? CheckResult.Failed(evidence, help, name) : CheckResult.Ok(evidence, name));
        }

        return Found(results.Count > 0 ? results : [CheckResult.NotApplicable("No provider has answered yet.")]);
    }
}
