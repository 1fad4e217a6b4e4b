using System.Text.Json;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.OpenAi;

/// <summary>Reads text from a string or from a list of typed parts, as both OpenAI dialects have it.</summary>
internal static class ContentText
{
    /// <summary>Every text of the member, in order.</summary>
    public static IEnumerable<string> All(JsonElement holder, string name) =>
        holder.Text(name) is { } whole ? [whole] : holder.Items(name).Select(p => p.Text("text") ?? $"[{p.Text("type")}]");

    /// <summary>Every text of the member as one.</summary>
    public static string Joined(JsonElement holder, string name) => string.Concat(All(holder, name));
}
