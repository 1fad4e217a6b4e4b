using System.Buffers;
using System.Text;
using System.Text.Json;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control;

/// <summary>Reads the audit log. Lines are written by the editors, each in the transaction of its change; none is ever changed. Thread-safe.</summary>
public sealed class AuditLog(AuditStore store)
{
    /// <summary>The lines that a query asks for, newest first; for others than administrators, only those about themselves or by them.</summary>
    public async Task<IReadOnlyList<AuditEntry>> FindAsync(Actor actor, AuditQuery query, CancellationToken cancellation = default) =>
        actor.WorkspaceId is not null ? [] : await store.FindAsync(actor.IsAdmin ? query : query with { Reader = actor.UserId }, cancellation);
}

/// <summary>Makes lines of the audit log.</summary>
internal static class AuditLine
{
    /// <summary>A line as of now. Details without a value are left out; none may be a secret.</summary>
    public static AuditEntry Of(
        Actor actor, DateTimeOffset now, string action, string subject, string? ownerId, params ReadOnlySpan<(string Name, string? Value)> details) =>
        new(Guid.CreateVersion7(now), now, actor.UserId, actor.TokenId, action, subject, ownerId, actor.Address, Json(details));

    private static string Json(ReadOnlySpan<(string Name, string? Value)> details)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in details)
            {
                if (value is not null) json.WriteString(name, value);
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
