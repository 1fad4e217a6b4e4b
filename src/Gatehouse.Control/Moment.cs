namespace Gatehouse.Control;

/// <summary>Times and ids as the store keeps them, so that what an edit returns is what will be read.</summary>
internal static class Moment
{
    /// <summary>Now, to the millisecond.</summary>
    public static DateTimeOffset Now(this TimeProvider clock) => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>A new id: a UUIDv7 without hyphens, which sorts by time.</summary>
    public static string NewId(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N");
}
