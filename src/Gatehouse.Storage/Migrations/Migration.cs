namespace Gatehouse.Storage.Migrations;

/// <summary>
/// One step of the schema, supplied by the noun that owns the tables. The text must be accepted by SQLite and PostgreSQL alike: TEXT and
/// BIGINT columns, no AUTOINCREMENT; a BLOB column is noted beside it, for it becomes BYTEA there. Never changed once released.
/// </summary>
/// <param name="Name">Date, time and subject, such as <c>20261121-0900-access-tokens</c>; steps are applied in the order of their
/// names.</param>
/// <param name="Sql">One or more statements, applied in one transaction.</param>
public sealed record Migration(string Name, string Sql);
