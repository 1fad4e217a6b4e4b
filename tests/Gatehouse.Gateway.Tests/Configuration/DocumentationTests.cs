using System.Text;
using System.Text.RegularExpressions;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Configuration;

namespace Gatehouse.Gateway.Tests.Configuration;

public sealed partial class DocumentationTests
{
    private static readonly string _root = Root();
    private static readonly string _page = File.ReadAllText(Path.Combine(_root, "docs", "reference", "configuration.md"));
    private static readonly byte[] _example = File.ReadAllBytes(Path.Combine(_root, "gatehouse.example.json"));

    [Fact]
    public void The_example_is_a_good_configuration() => ConfigFixture.Good(Encoding.UTF8.GetString(_example)).Providers.Length.ShouldBe(4);

    [Fact]
    public void The_example_shows_every_key()
    {
        var text = Encoding.UTF8.GetString(_example);
        var missing = KnownKeys().Select(k => k[(k.LastIndexOf('.') + 1)..])
            .Where(k => !text.Contains($"\"{k}\"", StringComparison.Ordinal));
        missing.Except(["*", "preset"]).ShouldBeEmpty();
    }

    [Fact]
    public void The_page_has_a_row_for_every_key_and_no_others()
    {
        var documented = Row().Matches(_page).Select(m => m.Groups[1].Value).Where(k => !k.StartsWith("no-", StringComparison.Ordinal));
        documented.Order(StringComparer.Ordinal).ShouldBe(KnownKeys().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_names_every_edit_preset_variable_and_restart_key()
    {
        foreach (var edit in ProviderCatalog.Embedded.Edits) _page.ShouldContain($"| `{edit.Name}` |");
        foreach (var variable in ProviderCatalog.Embedded.Presets.SelectMany(p => p.KeyVariables)) _page.ShouldContain(variable);
        foreach (var key in RestartKeys.All) _page.ShouldContain($"`{key}`");
        foreach (var dialect in DialectNames.All) _page.ShouldContain(dialect.Name());
    }

    [Fact]
    public void The_page_tells_the_true_defaults()
    {
        var config = new GatehouseConfig();
        Default("limits.maxBodyBytes").ShouldStartWith($"`{config.Limits.MaxBodyBytes}`");
        Default("limits.maxBodiesInMemoryBytes").ShouldStartWith($"`{config.Limits.MaxBodiesInMemoryBytes}`");
        Default("limits.maxConcurrentExchanges").ShouldBe($"`{config.Limits.MaxConcurrentExchanges}`");
        Default("limits.maxHeaderBytes").ShouldStartWith($"`{config.Limits.MaxHeaderBytes}`");
        Default("limits.drainSeconds").ShouldBe($"`{config.Limits.Drain.TotalSeconds}`");
        Default("userLimits.requests").ShouldBe($"`{config.UserLimits.Requests}`");
        Default("userLimits.windowSeconds").ShouldBe($"`{config.UserLimits.Window.TotalSeconds}`");
        Default("userLimits.dailyInputTokens").ShouldBe($"`{config.UserLimits.DailyInputTokens}`");
        Default("userLimits.dailyOutputTokens").ShouldBe($"`{config.UserLimits.DailyOutputTokens}`");
        Default("userLimits.alertPercent").ShouldBe($"`{config.UserLimits.AlertPercent}`");
        Default("stream.keepAliveSeconds").ShouldBe($"`{config.Stream.KeepAlive.TotalSeconds}`");
        Default("ledger.segmentBytes").ShouldStartWith($"`{config.Ledger.SegmentBytes}`");
        Default("listen").ShouldBe($"`{config.Listen[0]}`");
    }

    // Reading notes every key that it asks for; the example takes it through every section.
    private static SortedSet<string> KnownKeys()
    {
        var report = new ConfigReport();
        ConfigLoader.Parse(_example, ConfigFixture.Inputs(), report);
        return report.KnownKeys;
    }

    private static string Default(string key) =>
        _page.Split('\n').Single(l => l.StartsWith($"| `{key}` |", StringComparison.Ordinal)).Split('|')[3].Trim();

    internal static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gatehouse.slnx")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException();
        return folder.FullName;
    }

    [GeneratedRegex(@"^\| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
