using System.Text.Json;
using Gatehouse.ClaudeCli;
using Gatehouse.Gateway.Routing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Doctor.Checks;

/// <summary>
/// The <c>claude</c> program is there, new enough and logged in, where a provider is that program: by what the running server saw, whose environment counts; else by
/// asking it from here.
/// </summary>
internal sealed class ClaudeProgramCheck : Check
{
    /// <inheritdoc/>
    public override string Id => "claude-program";

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation)
    {
        var results = new List<CheckResult>();
        foreach (var provider in scene.Config.Config?.Providers.Where(static one => one.Program is not null) ?? [])
            results.AddRange(Of(provider.Name, Served(scene, provider.Name) ?? await AskedAsync(scene, provider)));
        return results.Count > 0 ? results : [CheckResult.NotApplicable("No provider is the claude program.")];
    }

    private static JsonElement? Served(Scene scene, string name)
    {
        if (scene.Report("providers") is not { } providers) return null;
        foreach (var one in providers.EnumerateArray())
        {
            if (one.GetProperty("name").GetString() == name && one.TryGetProperty("program", out var program) && Text(program, "status") != "unknown") return program;
        }

        return null;
    }

    private static async Task<JsonElement> AskedAsync(Scene scene, Provider provider)
    {
        var report = await ClaudeAccounts.LookAsync(provider, scene.Environment, NullLoggerFactory.Instance);
        using var written = new MemoryStream();
        await using (var json = new Utf8JsonWriter(written)) report.Write(json);
        return JsonElement.Parse(written.ToArray());
    }

    private static IEnumerable<CheckResult> Of(string provider, JsonElement program)
    {
        if (Text(program, "error") is { } error)
        {
            var (what, help) = Halves(error);
            yield return CheckResult.Failed(what, help, provider);
            yield break;
        }

        var accounts = program.GetProperty("profiles").EnumerateArray().ToList();
        var someServes = accounts.Exists(static one => Text(one, "status") != "unhealthy");
        foreach (var account in accounts)
        {
            var subject = $"{provider}/{Text(account, "name")}";
            var (what, help) = Halves(Text(account, "error") ?? (Text(account, "exhausted_until") is { } until ? $"Its limits are used up until {until}." : ""));
            yield return Text(account, "status") switch
            {
                "unhealthy" when someServes => CheckResult.Warning(what, help, subject),
                "unhealthy" => CheckResult.Failed(what, help, subject),
                "degraded" => CheckResult.Warning(what, help, subject),
                _ => CheckResult.Ok($"version {Text(program, "version") ?? "unknown"}, logged in by {Text(account.GetProperty("auth"), "method") ?? "nothing known"}", subject),
            };
        }
    }

    // What is said ends with what helps.
    private static (string What, string Help) Halves(string said)
    {
        var at = said.IndexOf(". ", StringComparison.Ordinal);
        return at < 0 ? (said, "Nothing has to be done, or look at it again in a moment.") : (said[..(at + 1)], said[(at + 2)..]);
    }

    private static string? Text(JsonElement section, string name) =>
        section.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
