using System.Text;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Requests;

/// <summary>
/// The session that some clients name in <c>metadata.user_id</c>: newer ones in a JSON object with a <c>session_id</c>, older ones behind <c>_session_</c>.
/// </summary>
internal static class SessionName
{
    private const string Mark = "_session_";
    private const int Longest = 128;

    /// <summary>The session's name; null when there is none.</summary>
    public static string? Of(string? user)
    {
        if (string.IsNullOrWhiteSpace(user)) return null;
        string? name = null;
        if (user.AsSpan().TrimStart().StartsWith("{")) name = JsonView.TryParse(Encoding.UTF8.GetBytes(user), out var whole) ? whole["session_id"u8].Text() : null;
        else if (user.LastIndexOf(Mark, StringComparison.Ordinal) is var at and >= 0) name = user[(at + Mark.Length)..];
        return string.IsNullOrWhiteSpace(name) ? null : name.Length > Longest ? name[..Longest] : name;
    }
}
