namespace Gatehouse.Gateway.Upstream;

/// <summary>Reads the values of <c>content-type</c> and <c>content-encoding</c>. Stateless.</summary>
internal static class MediaTypes
{
    /// <summary>A value without its parameters, lower case.</summary>
    public static string Bare(string value)
    {
        var end = value.IndexOf(';', StringComparison.Ordinal);
        var bare = (end < 0 ? value.AsSpan() : value.AsSpan(0, end)).Trim();
        if (bare.Equals("application/json", StringComparison.OrdinalIgnoreCase)) return "application/json";
        if (bare.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase)) return "text/event-stream";
        return bare.ToString().ToLowerInvariant();
    }

    /// <summary>A content coding without parameters, or null when it stands for none.</summary>
    public static string? Coding(string? value) => value is not null && Bare(value) is { Length: > 0 } coding and not "identity" ? coding : null;
}
