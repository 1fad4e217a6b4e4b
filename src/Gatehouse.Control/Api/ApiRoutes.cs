using System.Collections.Immutable;

namespace Gatehouse.Control.Api;

/// <summary>Every route of the administration, as data.</summary>
internal static class ApiRoutes
{
    /// <summary>What every versioned path begins with.</summary>
    public const string Root = "/api/v1";

    /// <summary>The routes, by what they are about.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        .. UserRoutes.All,
        .. ProjectRoutes.All,
        .. WorkspaceRoutes.All,
        .. LoginRoutes.All,
        .. CredentialRoutes.All,
        .. PlatformCredentialRoutes.All,
        .. ConnectionRoutes.All,
        .. ConfigurationRoutes.All,
        .. TokenRoutes.All,
        .. LimitRoutes.All,
        .. SettingRoutes.All,
        .. RecordRoutes.All,
        .. ProgramRoutes.All,
        .. CatalogRoutes.All,
    ];
}
