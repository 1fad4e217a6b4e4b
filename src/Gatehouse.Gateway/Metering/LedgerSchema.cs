using Gatehouse.Storage.Migrations;

namespace Gatehouse.Gateway.Metering;

/// <summary>The ledger's tables; every column is explained in docs/reference/ledger.md.</summary>
internal static class LedgerSchema
{
    /// <summary>The steps that make them.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        // Ids are BLOBs (BYTEA on PostgreSQL): 16 bytes against 36 make the key's tree half the size. One index besides the key: each
        // further one costs the drain 2 to 3 µs a row.
        new("20261121-0400-exchanges",
            """
            CREATE TABLE exchanges (
                id BLOB NOT NULL PRIMARY KEY,
                started_at BIGINT NOT NULL,
                token_id BLOB,
                user_id TEXT,
                project_id TEXT,
                workspace_id TEXT,
                client_dialect BIGINT NOT NULL,
                upstream_dialect BIGINT,
                operation BIGINT NOT NULL,
                stream BIGINT NOT NULL,
                provider TEXT,
                credential_id TEXT,
                credential_source TEXT,
                model_asked TEXT,
                model_sent TEXT,
                model_used TEXT,
                end_kind BIGINT NOT NULL,
                status BIGINT,
                upstream_status BIGINT,
                error_type TEXT,
                stop_reason TEXT,
                input_tokens BIGINT,
                output_tokens BIGINT,
                cache_read_tokens BIGINT,
                cache_write_tokens BIGINT,
                cache_write_5m_tokens BIGINT,
                cache_write_1h_tokens BIGINT,
                reasoning_tokens BIGINT,
                input_includes_cache BIGINT NOT NULL,
                usage_source BIGINT NOT NULL,
                service_tier TEXT,
                server_tools TEXT,
                request_bytes BIGINT NOT NULL,
                response_bytes BIGINT NOT NULL,
                events BIGINT NOT NULL,
                first_byte_us BIGINT,
                duration_us BIGINT,
                overhead_us BIGINT,
                attempts BIGINT NOT NULL,
                client_request_id TEXT,
                upstream_request_id TEXT,
                response_id TEXT,
                client TEXT,
                session_id TEXT,
                agent_id TEXT,
                parent_agent_id TEXT,
                losses TEXT,
                owns_response BIGINT NOT NULL
            );
            CREATE INDEX exchanges_by_start ON exchanges (started_at);
            """),
        new("20261121-0401-response-owners",
            """
            CREATE TABLE response_owners (
                response_id TEXT NOT NULL PRIMARY KEY,
                provider TEXT NOT NULL,
                credential_id TEXT,
                user_id TEXT,
                token_id BLOB,
                created BIGINT NOT NULL,
                expires BIGINT NOT NULL
            );
            """),
        // All may be NULL: rows and journal records of before know nothing of them. Budgets count what those reported.
        new("20261121-1000-exchange-accounts",
            """
            ALTER TABLE exchanges ADD COLUMN harness TEXT;
            ALTER TABLE exchanges ADD COLUMN credential_owner TEXT;
            ALTER TABLE exchanges ADD COLUMN provider_id TEXT;
            ALTER TABLE exchanges ADD COLUMN charged_input_tokens BIGINT;
            ALTER TABLE exchanges ADD COLUMN charged_output_tokens BIGINT;
            ALTER TABLE exchanges ADD COLUMN cost_nanodollars BIGINT;
            ALTER TABLE exchanges ADD COLUMN cost_basis BIGINT;
            """),
        new("20261121-1310-exchange-queue", "ALTER TABLE exchanges ADD COLUMN queue_us BIGINT;"),
        .. CostChange.Migrations,
    ];
}
