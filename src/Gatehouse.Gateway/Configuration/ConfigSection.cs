using System.Globalization;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Configuration;

/// <summary>
/// Reads one section of the configuration: every getter notes its key as known, checks type and range, reports what is wrong and goes on
/// with the default, so that one pass finds every fault. <see cref="Finish"/> reports the keys that nobody asked for.
/// </summary>
internal sealed class ConfigSection
{
    private readonly ConfigNode? _node;
    private readonly string _path;
    private readonly string _shape;
    private readonly OrderedDictionary<string, bool> _known = [];

    /// <param name="node">The section, or null when it is absent.</param>
    /// <param name="path">Its path with the names as written, for messages; empty for the root.</param>
    /// <param name="shape">Its path with <c>*</c> and <c>[]</c> in place of names and numbers.</param>
    /// <param name="report">Where faults go.</param>
    public ConfigSection(ConfigNode? node, string path, string shape, ConfigReport report)
    {
        _path = path;
        _shape = shape;
        Report = report;
        _node = node;
        if (node is null or { Kind: ConfigKind.Section }) return;
        _node = null;
        if (node.Kind != ConfigKind.Null) report.Add(path, node, $"is {node.KindName}, not a section", "Write it as { … }");
    }

    public ConfigReport Report { get; }

    /// <summary>The path of one of its keys, for messages.</summary>
    public string PathOf(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    /// <summary>The value of a key, or null when it is absent or <c>null</c>.</summary>
    public ConfigNode? Node(string key)
    {
        _known.TryAdd(key, true);
        Report.KnownKeys.Add(_shape.Length == 0 ? key : $"{_shape}.{key}");
        return _node?.Find(key) is { Kind: not ConfigKind.Null } node ? node : null;
    }

    public void Fault(string key, string what, string fix) => Report.Add(PathOf(key), _node?.Find(key) ?? _node, what, fix);

    public bool Bool(string key, bool absent)
    {
        if (Node(key) is not { } node) return absent;
        if (node.Kind == ConfigKind.Boolean) return node.Text == "true";
        Fault(key, $"is {node.KindName}, not true or false", "Write true or false without quotes");
        return absent;
    }

    public string? Text(string key) => Node(key) is { } node ? TextOf(node, PathOf(key)) : null;

    public long Whole(string key, long absent, long min, long max)
    {
        if (Node(key) is not { } node) return absent;
        if (node.Kind != ConfigKind.Number || !long.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            Fault(key, $"is {(node.Kind == ConfigKind.Number ? node.Text : node.KindName)}, not a whole number", $"Write a whole number such as {absent}");
        else if (value < min || value > max)
            Fault(key, $"is {value}, which is out of range", $"Write a number from {min} to {max}");
        else return value;
        return absent;
    }

    /// <summary>A duration written as a number of some unit; fractions are allowed.</summary>
    public TimeSpan Duration(string key, TimeSpan absent, TimeSpan unit, TimeSpan min, TimeSpan max)
    {
        if (Node(key) is not { } node) return absent;
        string InUnits(TimeSpan t) => (t / unit).ToString("0.###", CultureInfo.InvariantCulture);
        if (node.Kind != ConfigKind.Number || !double.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            Fault(key, $"is {node.KindName}, not a number", $"Write a number such as {InUnits(absent)}");
        else if (!(value >= min / unit && value <= max / unit))
            Fault(key, $"is {node.Text}, which is out of range", $"Write a number from {InUnits(min)} to {InUnits(max)}");
        else return unit * value;
        return absent;
    }

    /// <summary>A duration in seconds.</summary>
    public TimeSpan Seconds(string key, TimeSpan absent, double min, double max) =>
        Duration(key, absent, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(min), TimeSpan.FromSeconds(max));

    /// <summary>A list of texts, for which a single text may stand; each with its path and node.</summary>
    public IEnumerable<(string Text, string Path, ConfigNode Node)> Texts(string key)
    {
        if (Node(key) is not { } node) yield break;
        if (node.Kind != ConfigKind.List)
        {
            if (TextOf(node, PathOf(key), "a text nor a list of texts") is { } only) yield return (only, PathOf(key), node);
            yield break;
        }

        for (var i = 0; i < node.Items.Count; i++)
        {
            var path = $"{PathOf(key)}[{i}]";
            if (TextOf(node.Items[i], path) is { } text) yield return (text, path, node.Items[i]);
        }
    }

    public ConfigSection Section(string key) => new(Node(key), PathOf(key), _shape.Length == 0 ? key : $"{_shape}.{key}", Report);

    /// <summary>The members of a section whose names a person chose.</summary>
    public IEnumerable<(string Name, string Path, ConfigNode Node)> Entries(string key)
    {
        if (Node(key) is not { } node) yield break;
        if (node.Kind != ConfigKind.Section)
        {
            Fault(key, $"is {node.KindName}, not a section of named entries", "Write it as { \"name\": … }");
            yield break;
        }

        foreach (var (name, value) in node.Members) yield return (name, $"{PathOf(key)}.{name}", value);
    }

    /// <summary>The elements of a list of sections.</summary>
    public IEnumerable<ConfigSection> Sections(string key)
    {
        if (Node(key) is not { } node) yield break;
        if (node.Kind != ConfigKind.List)
        {
            Fault(key, $"is {node.KindName}, not a list", "Write it as [ { … } ]");
            yield break;
        }

        var shape = (_shape.Length == 0 ? key : $"{_shape}.{key}") + "[]";
        for (var i = 0; i < node.Items.Count; i++) yield return new ConfigSection(node.Items[i], $"{PathOf(key)}[{i}]", shape, Report);
    }

    /// <summary>Reports the keys that nobody asked for, each with the known name nearest to it.</summary>
    public void Finish()
    {
        foreach (var (key, value) in _node?.Members ?? [])
        {
            if (_known.Keys.Any(k => ConfigNode.Named(key, value, k))) continue;
            if (SecretKeys.Refusal(key) is var (what, fix)) Report.Add(PathOf(key), value, what, fix);
            else if (NearestNames.Suggest(key, _known.Keys) is { } meant) Report.Add(PathOf(key), value, "is not a known key", $"Did you mean '{meant}'?");
            else Report.Add(PathOf(key), value, "is not a known key", $"Known here: {string.Join(", ", _known.Keys)}");
        }
    }

    // A value from the environment may look like a number where a text is meant. Values are not repeated: one may be a key in a wrong place.
    private string? TextOf(ConfigNode node, string path, string expected = "a text")
    {
        if (node.Kind == ConfigKind.Text) return node.Text;
        if (node.Given is not null && node.Kind is ConfigKind.Number or ConfigKind.Boolean) return node.Given;
        var word = expected == "a text" ? "not" : "neither";
        Report.Add(path, node, $"is {node.KindName}, {word} {expected}", "Write it in quotes");
        return null;
    }
}
