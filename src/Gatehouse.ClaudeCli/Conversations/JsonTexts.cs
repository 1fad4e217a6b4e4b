using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Conversations;

/// <summary>Texts in lists.</summary>
internal static class JsonTexts
{
    /// <summary>The first text of an array; null when there is none.</summary>
    public static string? FirstText(this JsonView list)
    {
        foreach (var item in list.Items)
        {
            if (item.Text() is { } text) return text;
        }

        return null;
    }
}
