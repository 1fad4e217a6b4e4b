using System.Text.Json;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Routing;
using Gatehouse.Installations;

namespace Gatehouse.Doctor.Checks;

/// <summary>Every provider that needs a key has one.</summary>
internal sealed class ProviderKeysCheck : Check
{
    /// <inheritdoc/>
    public override string Id => "provider-keys";

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation)
    {
        // The server's word goes before this process's: its environment may be another.
        var results = scene.Report("providers") is { } served
            ? served.EnumerateArray().Select(provider => Served(scene, provider)).ToList()
            : [.. (scene.Config.Config?.Providers ?? []).Select(provider => Own(scene, provider))];
        return Found(results.Count > 0 ? results : [CheckResult.Failed("No provider is configured, and no provider's key is in the environment.", "gatehouse credential add anthropic, or see 'gatehouse presets'")]);
    }

    private static CheckResult Served(Scene scene, JsonElement provider)
    {
        var name = provider.GetProperty("name").GetString()!;
        if (provider.TryGetProperty("key_from", out var from) && from.GetString() is { } origin) return Keyed(origin, name);
        var known = Known(scene, name);
        if (provider.TryGetProperty("login", out var login) && login.TryGetProperty("problem", out var problem)) return Ended(name, problem.GetString()!);
        if (name == Provider.SimulatorName || (known is not null && ProviderKeys.IsOpen(known))) return CheckResult.Ok("needs no key", name);
        return Missing(name, known);
    }

    private static CheckResult Own(Scene scene, Provider provider) =>
        scene.Credentials.Find(provider.Name) is { } credential ? Keyed(ProviderKeys.Origin(credential), provider.Name)
        : scene.Credentials.LoginOf(provider.Name)?.Problem is { } problem ? Ended(provider.Name, problem)
        : ProviderKeys.IsOpen(provider) ? CheckResult.Ok("needs no key", provider.Name)
        : scene.Installation is null && provider.KeyVariables.Any(variable => !string.IsNullOrEmpty(scene.Environment(variable))) ? Keyed("the environment", provider.Name)
        : Missing(provider.Name, provider);

    private static Provider? Known(Scene scene, string name) =>
        scene.Config.Config?.Providers.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));

    private static CheckResult Keyed(string origin, string name) => CheckResult.Ok($"key from {origin}", name);

    private static CheckResult Ended(string name, string problem) =>
        CheckResult.Failed($"Provider '{name}' has no key, and no login either: {problem}", $"{ClaudeLogin.Renewal}\nor give it an API key: gatehouse credential add {name}", name);

    private static CheckResult Missing(string name, Provider? provider)
    {
        var variables = provider is { KeyVariables.IsEmpty: false } ? $", or start the server with {string.Join(" or ", provider.KeyVariables)}" : "";
        return CheckResult.Failed($"Provider '{name}' has no key: its models are answered with 503.", $"gatehouse credential add {name}{variables}", name);
    }
}
