namespace Gatehouse.Catalog;

/// <summary>What names, variables and paths of the catalog's data may look like.</summary>
internal static class CatalogRules
{
    /// <summary>Lower-case letters, digits and hyphens, beginning with a letter.</summary>
    public static bool IsName(string text) =>
        text.Length > 0 && char.IsAsciiLetterLower(text[0])
            && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Upper-case letters, digits and underscores, beginning with a letter.</summary>
    public static bool IsVariable(string text) =>
        text.Length > 0 && char.IsAsciiLetterUpper(text[0])
            && text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    /// <summary>Member names joined by dots, each of which may be followed by <c>[]</c>.</summary>
    public static bool IsPath(string text) => text.Length > 0 && text.Split('.').All(IsStep);

    private static bool IsStep(string step)
    {
        var name = step.EndsWith("[]", StringComparison.Ordinal) ? step[..^2] : step;
        return name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
    }
}
