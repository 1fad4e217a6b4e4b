using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;

namespace Gatehouse.Control.Api;

/// <summary>A harness as it is shown.</summary>
internal sealed record HarnessData(
    string Name, string Label, IReadOnlyList<string> Aliases, IReadOnlyList<string> Dialects, bool Proxied, string? NativeReason, string? DefaultProvider)
{
    /// <summary>Shows one.</summary>
    public static HarnessData Of(Harness one) => new(
        one.Name, one.Label, one.Aliases, [.. one.Dialects.Select(static dialect => dialect.Name())], one.Proxied, one.NativeReason, one.DefaultProvider);
}

/// <summary>Where a preset is reached in a dialect.</summary>
internal sealed record EndpointData(string Dialect, string BaseUrl);

/// <summary>A provider preset as it is shown.</summary>
internal sealed record PresetData(string Name, string Label, IReadOnlyList<EndpointData> Endpoints, IReadOnlyList<string> Models)
{
    /// <summary>Shows one.</summary>
    public static PresetData Of(Preset one) => new(
        one.Name, one.Label, [.. one.Endpoints.Select(static at => new EndpointData(at.Dialect.Name(), at.BaseAddress.OriginalString))], one.Models);
}

/// <summary>How a harness is served.</summary>
internal sealed record StatusData(
    string ConsumerId, string ConsumerName, string Source, string? CredentialName, string? ConfigurationName, string? CredentialKind, string? StatusReason,
    string? Refusal, bool Halted, string? Repair, IReadOnlyList<string> Warnings)
{
    /// <summary>Shows one.</summary>
    public static StatusData Of(HarnessStatus one) => new(
        one.Harness, one.Label, one.Source.Name(), one.CredentialName, one.ConfigurationName, one.Kind?.Name(), one.Reason?.Name(), one.Refusal,
        one.Halted, one.Repair?.Name(), one.Warnings);
}

/// <summary>How every harness is served.</summary>
internal sealed record StatusesData(IReadOnlyList<StatusData> Consumers);

/// <summary>The routes of what there is to choose from, of how it resolves, and of the description of all routes.</summary>
internal static class CatalogRoutes
{
    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("GET", $"{ApiRoutes.Root}/harnesses", Opens.People, "The harnesses.", static _ =>
            Task.FromResult(ApiAnswer.All(HarnessCatalog.Embedded.All, HarnessData.Of))) { Answer = typeof(Listed<HarnessData>) },
        new("GET", $"{ApiRoutes.Root}/presets", Opens.People, "The provider presets.", static _ =>
            Task.FromResult(ApiAnswer.All(ProviderCatalog.Embedded.Presets, PresetData.Of))) { Answer = typeof(Listed<PresetData>) },
        new("GET", $"{ApiRoutes.Root}/resolution-status", Opens.People, "How each harness is served for a user, or in a project, and why not where it is not.", StatusAsync)
            { Answer = typeof(StatusesData), Query = ["user", "project"] },
        new("GET", "/api/openapi.json", Opens.Everyone, "This interface as an OpenAPI document.", static _ =>
            Task.FromResult(new ApiAnswer { Write = static json => OpenApiDocument.Write(json, ApiRoutes.All) })),
    ];

    private static async Task<ApiAnswer> StatusAsync(ApiCall call)
    {
        var table = await call.Desk.TenantsAsync(call.Cancelled);
        var status = ResolutionStatus.For(call.Actor, table, call.Asked("user"), call.Asked("project"), call.Desk.Clock.GetUtcNow());
        return ApiAnswer.Of(status, static all => new StatusesData([.. all.Select(StatusData.Of)]));
    }
}
