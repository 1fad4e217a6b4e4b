namespace Gatehouse.Clients.Edits;

/// <summary>The edits on values instead of text: what a document is to say after an edit, worked out without looking at its syntax.</summary>
internal static class ConfigObjectEdits
{
    /// <summary>The value at a path, or null. An item step takes the first item that matches.</summary>
    public static ConfigValue? Find(this ConfigValue value, KeyPath path)
    {
        ConfigValue? at = value;
        foreach (var step in path.Steps) at = at?.Child(step);
        return at;
    }

    /// <summary>The object with a value at a path; what is not there on the way is made. Throws when the way leads through something else: that is checked before.</summary>
    public static ConfigObject With(this ConfigObject root, KeyPath path, ConfigValue value) => (ConfigObject)With(root, [.. path.Steps], value);

    /// <summary>The object without what stands at a path.</summary>
    public static ConfigObject Without(this ConfigObject root, KeyPath path) => path.IsRoot ? ConfigObject.Empty : (ConfigObject)Without(root, [.. path.Steps]);

    /// <summary>Whether an item of an array is the one that a step selects.</summary>
    public static bool Matches(this ConfigValue value, PathStep step) => value is ConfigObject item && item[step.Name] is ConfigString { Text: var text } && text == step.Value;

    private static ConfigValue? Child(this ConfigValue value, PathStep step) => step.IsItem
        ? (value as ConfigArray)?.Items.FirstOrDefault(item => item.Matches(step))
        : (value as ConfigObject)?[step.Name];

    private static ConfigValue With(ConfigValue? at, ReadOnlySpan<PathStep> steps, ConfigValue value)
    {
        if (steps.IsEmpty) return value;
        var step = steps[0];
        var child = With(at?.Child(step), steps[1..], value);
        if (step.IsItem)
        {
            var items = at is null ? [] : ((ConfigArray)at).Items.ToList();
            var index = items.FindIndex(item => item.Matches(step));
            if (index >= 0) items[index] = child;
            else items.Add(child.Matches(step) ? child : ((ConfigObject)child).With(KeyPath.Of(step.Name), ConfigValue.From(step.Value!)));
            return new ConfigArray(items);
        }
        var members = at is null ? [] : ((ConfigObject)at).Members.ToList();
        var member = members.FindIndex(member => member.Key == step.Name);
        if (member >= 0) members[member] = new ConfigMember(step.Name, child);
        else members.Add(new ConfigMember(step.Name, child));
        return new ConfigObject(members);
    }

    private static ConfigValue Without(ConfigValue at, ReadOnlySpan<PathStep> steps)
    {
        var step = steps[0];
        if (at.Child(step) is not { } child) return at;
        var rest = steps.Length == 1 ? null : Without(child, steps[1..]);
        if (step.IsItem)
        {
            var items = ((ConfigArray)at).Items.ToList();
            var index = items.FindIndex(item => item.Matches(step));
            if (rest is null) items.RemoveAt(index);
            else items[index] = rest;
            return new ConfigArray(items);
        }
        return new ConfigObject([.. ((ConfigObject)at).Members.Where(member => rest is not null || member.Key != step.Name)
            .Select(member => member.Key == step.Name ? new ConfigMember(member.Key, rest!) : member)]);
    }
}
