using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Catalog;

/// <summary>The list prices that come with the program, as data. Read and checked on first use; immutable, any thread may read it.</summary>
public sealed class PriceCatalog
{
    private static readonly Lazy<PriceCatalog> _embedded = new(ReadEmbedded);

    private PriceCatalog(ImmutableArray<PriceRule> rules) => Rules = rules;

    /// <summary>The prices embedded in this assembly.</summary>
    /// <exception cref="InvalidOperationException">The embedded data is at fault: every fault is named. A test keeps that from shipping.</exception>
    public static PriceCatalog Embedded => _embedded.Value;

    /// <summary>Every rule; the first that matches a model counts.</summary>
    public ImmutableArray<PriceRule> Rules { get; }

    /// <summary>Reads a document; the catalog is null when there are faults.</summary>
    internal static (PriceCatalog? Catalog, IReadOnlyList<string> Faults) Read(ReadOnlySpan<byte> document)
    {
        PriceDocument? rows;
        try
        {
            rows = JsonSerializer.Deserialize(document, PriceJson.Default.PriceDocument);
        }
        catch (JsonException e)
        {
            return (null, [e.Message]);
        }

        var faults = new List<string>();
        var rules = ImmutableArray.CreateBuilder<PriceRule>();
        foreach (var row in rows?.Prices ?? [])
        {
            var where = $"prices[{rules.Count}]";
            if (row.Models.Length == 0 || row.Models.Any(static m => m.Length == 0 || m.Any(char.IsWhiteSpace))) faults.Add($"{where}: it names no models.");
            var tiers = row.Above.Select(tier => new PriceTier(tier.Tokens, Prices(tier, where, faults)) { Service = Service(tier, where, faults) }).ToImmutableArray();
            if (!tiers.Select(static t => t.AboveTokens).Prepend(0L).IsStrictlyRising()) faults.Add($"{where}: its tiers do not rise.");
            rules.Add(new PriceRule([.. row.Models], null, new ModelPrice(Prices(row, where, faults), tiers) { Service = Service(row, where, faults) }));
        }

        if (rules.Count == 0) faults.Add("prices: there are none.");
        return faults.Count > 0 ? (null, faults) : (new PriceCatalog(rules.ToImmutable()), []);
    }

    private static TokenPrices Prices(PriceFigures row, string where, List<string> faults)
    {
        if (TokenPrices.Of(row.Input, row.Output, row.CacheRead, row.CacheWrite5m, row.CacheWrite1h) is { } prices) return prices;
        faults.Add($"{where}: a price is out of range.");
        return default;
    }

    private static ImmutableArray<ServiceTier> Service(PriceFigures row, string where, List<string> faults)
    {
        var tiers = row.ServiceTiers.Select(static tier => ServiceTier.Of(tier.Key, tier.Value)).ToList();
        if (tiers.Contains(null)) faults.Add($"{where}: a service tier's factor is out of range.");
        return [.. tiers.OfType<ServiceTier>()];
    }

    private static PriceCatalog ReadEmbedded()
    {
        using var stream = typeof(PriceCatalog).Assembly.GetManifestResourceStream("prices.json")
            ?? throw new InvalidOperationException("The resource prices.json is missing from the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var (catalog, faults) = Read(bytes);
        return catalog ?? throw new InvalidOperationException("The embedded prices are at fault: " + string.Join(" ", faults));
    }
}

/// <summary>The file of prices as it is written.</summary>
internal sealed record PriceDocument(PriceRow[]? Prices);

/// <summary>Prices as written, in US dollars per million tokens.</summary>
internal abstract record PriceFigures
{
    public required decimal Input { get; init; }
    public required decimal Output { get; init; }
    public decimal? CacheRead { get; set; }
    public decimal? CacheWrite5m { get; set; }
    public decimal? CacheWrite1h { get; set; }
    public Dictionary<string, decimal> ServiceTiers { get; set; } = [];
}

/// <summary>One rule as written.</summary>
internal sealed record PriceRow : PriceFigures
{
    public string[] Models { get; set; } = [];
    public TierRow[] Above { get; set; } = [];
}

/// <summary>One tier as written.</summary>
internal sealed record TierRow : PriceFigures
{
    public required long Tokens { get; init; }
}

/// <summary>Reads the file of prices without reflection; unknown and duplicate members are faults.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(PriceDocument))]
internal sealed partial class PriceJson : JsonSerializerContext;

/// <summary>An order that tiers must have.</summary>
internal static class RisingNumbers
{
    /// <summary>Whether each number is greater than the one before it.</summary>
    public static bool IsStrictlyRising(this IEnumerable<long> numbers)
    {
        var (first, last) = (true, 0L);
        foreach (var number in numbers)
        {
            if (!first && number <= last) return false;
            (first, last) = (false, number);
        }

        return true;
    }
}
