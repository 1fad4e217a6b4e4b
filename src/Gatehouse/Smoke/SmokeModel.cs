using Gatehouse.Callers;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Smoke;

/// <summary>Which model to ask when the person named none, and under which name a provider's model is asked for.</summary>
/// <param name="gateway">The gateway that will be asked.</param>
/// <param name="caller">Asks it which models it lists.</param>
internal sealed class SmokeModel(SmokeGateway gateway, Caller caller)
{
    /// <summary>The simulated provider's model that repeats what it is told.</summary>
    public const string Simulated = "sim/echo";

    private static readonly TimeSpan s_listed = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Chooses; null when there is none to choose.</summary>
    /// <param name="model">What the person named, or null.</param>
    /// <param name="provider">The provider that shall answer, as the gateway names it, or null.</param>
    /// <param name="cancellation">Ends the wait for the list.</param>
    public async Task<string?> ChooseAsync(string? model, string? provider, CancellationToken cancellation)
    {
        if (model is not null) return provider is null ? model : Of(provider, model);
        if (provider is null && gateway.DefaultModel is { } usual) return usual;
        if (provider == Provider.SimulatorName || (provider is null && gateway.Providers.Contains(Provider.SimulatorName))) return Simulated;
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var listed = await ListedAsync(cancellation);
            if (listed.FirstOrDefault(name => provider is null || LeadsTo(provider, name)) is { } first) return first;
            // A gateway that has just started asks its providers for their models in the background.
            if (!gateway.IsOwn || TimeProvider.System.GetElapsedTime(since) > s_listed) return null;
            await Task.Delay(s_pause, cancellation);
        }
    }

    // As it is where the routes lead to the provider by themselves; else in the explicit form.
    private string Of(string provider, string model)
    {
        if (provider == Provider.SimulatorName) return model.StartsWith(Provider.SimulatorPrefix, StringComparison.Ordinal) ? model : Provider.SimulatorPrefix + model;
        return LeadsTo(provider, model) ? model : $"{provider}/{model}";
    }

    private bool LeadsTo(string provider, string model) =>
        gateway.Routes?.Match(model) is { Found: true } match && string.Equals(match.Candidates[0].Provider.Name, provider, StringComparison.OrdinalIgnoreCase);

    private async Task<List<string>> ListedAsync(CancellationToken cancellation)
    {
        var names = new List<string>();
        await caller.AskAsync(HttpMethod.Get, "/v1/models", null, CallerDialects.All.First(d => d.Dialect == Dialect.OpenAiChat), root =>
        {
            foreach (var model in root.GetProperty("data").EnumerateArray()) names.Add(model.Text("id"));
        }, cancellation);
        return names;
    }
}
