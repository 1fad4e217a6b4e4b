namespace Gatehouse.Gateway.Configuration;

/// <summary>
/// Lays values from the environment and the command line over the file's. Paths are walked without regard to case, list elements by their
/// number; JSON literals keep their type, everything else is a text.
/// </summary>
internal static class ConfigOverrides
{
    /// <summary>The beginning of every environment variable that overrides a key.</summary>
    public const string Prefix = "GATEHOUSE__";

    /// <summary>Lays <c>GATEHOUSE__A__B=value</c> variables over the configuration.</summary>
    public static void FromEnvironment(ConfigNode root, IReadOnlyDictionary<string, string> environment, ConfigReport report)
    {
        var variables = environment.Where(v => v.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .Select(v => (Variable: v.Key, Path: v.Key[Prefix.Length..].Split("__"), v.Value))
            .OrderBy(v => v.Path, PathOrder.Instance);
        foreach (var (variable, path, value) in variables) Set(root, path, value, variable, report);
    }

    /// <summary>Lays the command line's values over the configuration; their paths are written with dots.</summary>
    public static void FromCommandLine(ConfigNode root, IReadOnlyDictionary<string, string> overrides, ConfigReport report)
    {
        foreach (var (path, value) in overrides.OrderBy(o => o.Key.Split('.'), PathOrder.Instance))
            Set(root, path.Split('.'), value, "the command line", report);
    }

    private static void Set(ConfigNode root, string[] path, string text, string origin, ConfigReport report)
    {
        var shown = string.Join('.', path).ToLowerInvariant();
        if (path.Any(p => p.Length == 0))
        {
            report.Add(new ConfigProblem(shown, "has an empty part", "Write the keys with two underscores between them", Origin: origin));
            return;
        }

        var at = root;
        for (var i = 0; i < path.Length; i++)
        {
            var last = i == path.Length - 1;
            var value = last ? Value(text, shown, origin, report) : null;
            var next = Step(at, path[i], value, () => Container(path[i + 1], origin));
            if (next is null)
            {
                report.Add(new ConfigProblem(shown, Refusal(at, path[i]), "Name the key as the file would nest it", Origin: origin));
                return;
            }

            at = next;
        }
    }

    private static string Refusal(ConfigNode at, string step) => at.Kind == ConfigKind.List
        ? $"'{step.ToLowerInvariant()}' is not the number of an element: the list has {at.Items.Count}, so 0 to {at.Items.Count} can be given"
        : $"'{step.ToLowerInvariant()}' can't stand inside {at.KindName}";

    // Finds or makes the child; a value, when given, takes its place. Null when there can be no such child.
    private static ConfigNode? Step(ConfigNode at, string name, ConfigNode? value, Func<ConfigNode> container)
    {
        if (at.Kind == ConfigKind.List)
        {
            if (!int.TryParse(name, out var index) || index < 0 || index > at.Items.Count) return null;
            if (index == at.Items.Count) at.Items.Add(value ?? container());
            else if (value is not null || at.Items[index].Kind == ConfigKind.Null) at.Items[index] = value ?? container();
            return at.Items[index];
        }

        if (at.Kind != ConfigKind.Section) return null;
        var found = at.Members.FindIndex(m => string.Equals(m.Key, name, StringComparison.OrdinalIgnoreCase));
        if (found < 0)
        {
            at.Members.Add(new(name.Any(char.IsLower) ? name : name.ToLowerInvariant(), value ?? container()));
            return at.Members[^1].Value;
        }

        var (key, existing) = at.Members[found];
        if (value is not null || existing.Kind == ConfigKind.Null) at.Members[found] = new(key, value ?? container());
        return at.Members[found].Value;
    }

    private static ConfigNode Container(string next, string origin) =>
        new() { Kind = int.TryParse(next, out _) ? ConfigKind.List : ConfigKind.Section, Origin = origin };

    private static ConfigNode Value(string text, string path, string origin, ConfigReport report)
    {
        var node = ConfigParser.Value(text, path, origin, report) ?? new ConfigNode { Kind = ConfigKind.Text, Text = text, Origin = origin };
        node.Given = text;
        return node;
    }

    // Parents before children and list elements by number, so that element 10 comes after 9.
    private sealed class PathOrder : IComparer<string[]>
    {
        public static readonly PathOrder Instance = new();

        public int Compare(string[]? x, string[]? y)
        {
            for (var i = 0; i < Math.Min(x!.Length, y!.Length); i++)
            {
                var order = int.TryParse(x[i], out var a) && int.TryParse(y[i], out var b)
                    ? a.CompareTo(b)
                    : string.Compare(x[i], y[i], StringComparison.OrdinalIgnoreCase);
                if (order != 0) return order;
            }

            return x.Length.CompareTo(y.Length);
        }
    }
}
