using System.Buffers;
using System.Globalization;
using System.Text;
using Gatehouse.Gateway.Telemetry;

namespace Gatehouse.Gateway.Tests.Telemetry;

/// <summary>One sample of a scrape.</summary>
internal sealed record Sample(string Name, Dictionary<string, string> Labels, double Value)
{
    public string LabelText(string except = "") =>
        string.Join(",", Labels.Where(l => l.Key != except).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));
}

/// <summary>Reads the text format strictly: every sample belongs to the family announced before it, and nothing is said twice.</summary>
internal sealed class PrometheusParser
{
    private PrometheusParser(string text)
    {
        text.ShouldEndWith("\n");
        string? family = null;
        string? help = null;
        var seen = new HashSet<string>();
        foreach (var line in text.Split('\n')[..^1])
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                help = line.Split(' ')[2];
                line.Length.ShouldBeGreaterThan(8 + help.Length);
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                words.Length.ShouldBe(4);
                words[2].ShouldBe(help);
                words[3].ShouldBeOneOf("counter", "gauge", "histogram");
                Types.TryAdd(words[2], words[3]).ShouldBeTrue($"{words[2]} is announced twice");
                family = words[2];
            }
            else
            {
                var sample = Read(line);
                seen.Add(sample.Name + "{" + sample.LabelText() + "}").ShouldBeTrue($"said twice: {line}");
                var suffixes = Types[family!] == "histogram" ? new[] { "_bucket", "_sum", "_count" } : [""];
                suffixes.Select(s => family + s).ShouldContain(sample.Name);
                Samples.Add(sample);
            }
        }
    }

    public Dictionary<string, string> Types { get; } = [];

    public List<Sample> Samples { get; } = [];

    public static PrometheusParser Of(string text) => new(text);

    public static PrometheusParser Scrape(GatewayMetrics metrics) => new(Text(metrics));

    public static string Text(GatewayMetrics metrics)
    {
        var output = new ArrayBufferWriter<byte>();
        PrometheusText.WriteTo(output, metrics);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The value of the only sample with this name and these labels among its own.</summary>
    public double Value(string name, params (string Name, string Value)[] labels) =>
        Samples.Single(s => s.Name == name && labels.All(l => s.Labels.GetValueOrDefault(l.Name) == l.Value)).Value;

    private static Sample Read(string line)
    {
        var labels = new Dictionary<string, string>();
        var at = line.IndexOfAny(['{', ' ']);
        var name = line[..at];
        name.ShouldMatch("^[a-zA-Z_:][a-zA-Z0-9_:]*$");
        if (line[at] == '{')
        {
            at++;
            while (line[at] != '}') at = ReadLabel(line, at, labels);
            at++;
        }

        line[at].ShouldBe(' ');
        return new Sample(name, labels, double.Parse(line[(at + 1)..], CultureInfo.InvariantCulture));
    }

    private static int ReadLabel(string line, int at, Dictionary<string, string> labels)
    {
        var equals = line.IndexOf('=', at);
        var name = line[at..equals];
        name.ShouldMatch("^[a-zA-Z_][a-zA-Z0-9_]*$");
        line[equals + 1].ShouldBe('"');
        var value = new StringBuilder();
        for (at = equals + 2; line[at] != '"'; at++)
        {
            if (line[at] != '\\')
            {
                value.Append(line[at]);
                continue;
            }

            at++;
            value.Append(line[at] switch { 'n' => '\n', '"' => '"', '\\' => '\\', _ => throw new FormatException(line) });
        }

        labels.TryAdd(name, value.ToString()).ShouldBeTrue(line);
        at++;
        return line[at] == ',' ? at + 1 : at;
    }
}
