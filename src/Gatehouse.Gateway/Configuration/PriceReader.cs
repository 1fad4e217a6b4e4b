using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Catalog;

namespace Gatehouse.Gateway.Configuration;

/// <summary>Reads the list <c>prices</c>: what models cost, where the catalog does not know it or a contract says otherwise. US dollars per million tokens.</summary>
internal sealed class PriceReader(ConfigReport report)
{
    private const string Fix = "Write US dollars per million tokens, such as 3 or 0.075: from 0 to 10000, in steps of a nanodollar";

    public ImmutableArray<PriceRule> Read(ConfigSection root)
    {
        var rules = ImmutableArray.CreateBuilder<PriceRule>();
        foreach (var section in root.Sections("prices"))
        {
            var models = section.Texts("models").Select(static t => t.Text).Where(static m => m.Length > 0).ToImmutableArray();
            if (models.IsEmpty) section.Fault("models", "names no models", "Write names such as \"claude-*\"");
            var provider = section.Text("provider");
            var prices = Prices(section);
            var service = Service(section);
            var tiers = Tiers(section);
            section.Finish();
            rules.Add(new PriceRule(models, provider, new ModelPrice(prices, tiers) { Service = service }));
        }

        return rules.ToImmutable();
    }

    private ImmutableArray<PriceTier> Tiers(ConfigSection rule)
    {
        var tiers = ImmutableArray.CreateBuilder<PriceTier>();
        foreach (var section in rule.Sections("above"))
        {
            var least = tiers.Count == 0 ? 1 : tiers[^1].AboveTokens + 1;
            tiers.Add(new PriceTier(section.Whole("tokens", least, least, 1_000_000_000), Prices(section)) { Service = Service(section) });
            section.Finish();
        }

        return tiers.ToImmutable();
    }

    private ImmutableArray<ServiceTier> Service(ConfigSection rule)
    {
        var tiers = ImmutableArray.CreateBuilder<ServiceTier>();
        foreach (var (name, path, node) in rule.Entries("serviceTiers"))
        {
            if (node.Kind == ConfigKind.Number && decimal.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var times)
                && ServiceTier.Of(name, times) is { } tier)
                tiers.Add(tier);
            else report.Add(path, node, "is not a multiple of the standard prices", "Write a number such as 0.5 or 2: above 0, at most 100, in thousandths");
        }

        return tiers.ToImmutable();
    }

    private TokenPrices Prices(ConfigSection section)
    {
        var input = Price(section, "input", isRequired: true) ?? 0;
        var output = Price(section, "output", isRequired: true) ?? 0;
        var (read, five, hour) = (Price(section, "cacheRead"), Price(section, "cacheWrite5m"), Price(section, "cacheWrite1h"));
        return TokenPrices.Of(input, output, read, five, hour) ?? default;
    }

    private decimal? Price(ConfigSection section, string key, bool isRequired = false)
    {
        if (section.Node(key) is not { } node)
        {
            if (isRequired) section.Fault(key, "is missing", Fix);
            return null;
        }

        if (node.Kind == ConfigKind.Number && decimal.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var price)
            && TokenPrices.Of(price, 0, null, null, null) is not null)
            return price;
        report.Add(section.PathOf(key), node, "is not a price", Fix);
        return null;
    }
}
