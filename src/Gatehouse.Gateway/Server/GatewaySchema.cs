using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Storage.Migrations;

namespace Gatehouse.Gateway.Server;

/// <summary>Every table of the gateway. Each noun owns its own steps; the store orders them by name.</summary>
public static class GatewaySchema
{
    /// <summary>The steps of all nouns.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        .. AccessStore.Migrations,
        .. DataKeyStore.Migrations,
        .. VaultStore.Migrations,
        .. LedgerSchema.Migrations,
        .. LimitStore.Migrations,
        .. TurnTable.Migrations,
        .. ReasoningTable.Migrations,
        .. CalibrationTable.Migrations,
        .. TenantStore.Migrations,
        .. AttachmentStore.Migrations,
        .. LoginRefreshStore.Migrations,
        .. AuditStore.Migrations,
    ];
}
