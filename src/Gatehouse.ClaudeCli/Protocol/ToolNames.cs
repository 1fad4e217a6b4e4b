using System.Text;

namespace Gatehouse.ClaudeCli.Protocol;

/// <summary>
/// The names of the caller's tools inside the program. They are served to it as one tool server, so it puts the server's name in front of each; callers never see that.
/// </summary>
internal static class ToolNames
{
    /// <summary>The server's name.</summary>
    public const string Server = "oc";

    /// <summary>The rule that allows every tool of the server, and no other.</summary>
    public const string Allowed = $"mcp__{Server}";

    /// <summary>The server's name where the tools are the gateway's own; the name that models and rules of claude-max-proxy's users know.</summary>
    public const string Bench = "opencode";

    /// <summary>The rule that allows every tool of the gateway's own.</summary>
    public const string AllowedBench = $"mcp__{Bench}";

    /// <summary>The tool by which the program has a model give structured output.</summary>
    public static ReadOnlySpan<byte> StructuredOutput => "StructuredOutput"u8;

    /// <summary>What stands in front of each name.</summary>
    public static ReadOnlySpan<byte> Prefix => "mcp__oc__"u8;

    /// <summary>A tool of the gateway's own as the program knows it.</summary>
    public static string OfBench(string name) => $"mcp__{Bench}__{name}";

    /// <summary>A caller's name as the program knows it.</summary>
    public static string Inside(string name) => $"mcp__{Server}__{name}";

    /// <summary>Whether the program knows a tool by this name because it is a caller's.</summary>
    public static bool IsCallers(ReadOnlySpan<byte> inside) => inside.StartsWith(Prefix);

    /// <summary>A tool's name as its caller knows it.</summary>
    public static string Outside(ReadOnlySpan<byte> inside) => Encoding.UTF8.GetString(IsCallers(inside) ? inside[Prefix.Length..] : inside);
}
