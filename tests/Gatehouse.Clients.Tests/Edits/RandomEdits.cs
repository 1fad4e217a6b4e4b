using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Tests.Edits;

/// <summary>Edits made up from a seed, over the keys that <see cref="RandomJson"/> and <see cref="RandomToml"/> use.</summary>
internal sealed class RandomEdits(Random random)
{
    private static readonly string[] _keys = ["env", "A", "B", "C", "model", "x y", "é", "provider", "new"];

    /// <summary>What the last key of each path begins with: keys of somebody else's.</summary>
    public string Prefix { get; init; } = "";

    public IReadOnlyList<Edit> Some() => [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => One())];

    private Edit One()
    {
        var path = KeyPath.Of(Enumerable.Range(0, random.Next(0, 3)).Select(_ => Key()).ToList()).Key(Prefix + Key());
        return random.Next(3) == 0 ? Edit.Remove(path) : Edit.Set(path, Value(0));
    }

    private string Key() => _keys[random.Next(_keys.Length)];

    private ConfigValue Value(int depth) => random.Next(depth > 1 ? 5 : 7) switch
    {
        0 => ConfigValue.From(random.Next(1000)),
        1 => ConfigValue.From(random.Next(2) == 0),
        2 => ConfigValue.Strings("a", "it's", "c\\d"),
        3 => ConfigValue.From("text \"with\" 'quotes' # \\ é\t\n"),
        4 => ConfigValue.From("plain"),
        _ => ConfigValue.Object(Enumerable.Range(0, random.Next(4)).Select(_ => Key()).Distinct().Select(key => (key, Value(depth + 1))).ToList()),
    };
}
