using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Dialects;

namespace Gatehouse.Catalog;

/// <summary>Reads the harnesses' data and holds it to its rules; collects every fault before it gives up.</summary>
internal sealed class HarnessReader
{
    private readonly List<string> _faults = [];

    /// <summary>Reads the data embedded in this assembly.</summary>
    public static HarnessCatalog ReadEmbedded()
    {
        using var stream = typeof(HarnessReader).Assembly.GetManifestResourceStream("harnesses.json")
            ?? throw new InvalidOperationException("The resource harnesses.json is missing from the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var (catalog, faults) = Read(bytes);
        return catalog ?? throw new InvalidOperationException("The embedded harnesses are at fault: " + string.Join(" ", faults));
    }

    /// <summary>Reads a document; the catalog is null when there are faults.</summary>
    public static (HarnessCatalog? Catalog, IReadOnlyList<string> Faults) Read(ReadOnlySpan<byte> utf8)
    {
        HarnessDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(utf8, HarnessJson.Default.HarnessDocument);
        }
        catch (JsonException e)
        {
            return (null, [e.Message]);
        }
        var reader = new HarnessReader();
        var harnesses = reader.Harnesses(document?.Harnesses ?? []);
        return reader._faults.Count > 0 ? (null, reader._faults) : (new HarnessCatalog(harnesses), []);
    }

    private ImmutableArray<Harness> Harnesses(HarnessRow[] rows)
    {
        Check(rows.Length > 0, "harnesses", "there are none");
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return [.. rows.Select(row => One(row, names))];
    }

    private Harness One(HarnessRow row, HashSet<string> names)
    {
        var where = $"harness {row.Name}";
        foreach (var name in row.Aliases.Append(row.Name))
        {
            Check(CatalogRules.IsName(name), where, $"the name '{name}' may hold a-z, 0-9 and hyphens");
            Check(names.Add(name), where, $"the name '{name}' stands twice");
        }
        Check(row.Label.Length > 0, where, "it has no label");
        foreach (var variable in Variables(row))
            Check(CatalogRules.IsVariable(variable), where, $"{variable} is not the name of an environment variable");
        Check(row.DefaultProvider is null || ProviderCatalog.Embedded.FindPreset(row.DefaultProvider) is not null, where,
            $"there is no preset {row.DefaultProvider}");
        CheckServing(row, where);
        return new Harness
        {
            Name = row.Name,
            Label = row.Label,
            Aliases = [.. row.Aliases],
            Dialects = [.. row.Dialects.Select(name => Named(name, where))],
            BaseUrlVariable = row.BaseUrlVariable,
            AuthVariable = row.AuthVariable,
            OAuthVariable = row.OauthVariable,
            ModelVariable = row.ModelVariable,
            RouteSegment = row.RouteSegment,
            AuthFile = row.AuthFile,
            HomeVariable = row.HomeVariable,
            RefreshVariable = row.RefreshVariable,
            NativeReason = row.NativeReason,
            ExtraVariables = row.ExtraVariables.ToImmutableSortedDictionary(StringComparer.Ordinal),
            SecretNames = [.. row.SecretNames],
            DefaultProvider = row.DefaultProvider,
        };
    }

    // Either served in a dialect of ours under a path of its own, or native with a reason that a person can be told.
    private void CheckServing(HarnessRow row, string where)
    {
        if (row.NativeReason is { } reason)
        {
            Check(reason.EndsWith('.'), where, "its reason for being native is not a sentence");
            Check(row.Dialects.Length == 0 && row.RouteSegment is null, where, "it is native, so it has neither dialect nor route segment");
            return;
        }
        Check(row.Dialects.Length > 0, where, "it speaks no dialect, so a reason for being native is needed");
        Check(row.RouteSegment is "anthropic" or "openai/v1", where, $"'{row.RouteSegment}' is not a route segment");
        Check(row.AuthVariable is not null && row.SecretNames.Contains(row.AuthVariable), where,
            "its auth variable is missing, or not among its secret names");
    }

    private static IEnumerable<string> Variables(HarnessRow row) =>
        new[] { row.BaseUrlVariable, row.AuthVariable, row.OauthVariable, row.ModelVariable, row.HomeVariable, row.RefreshVariable }
            .OfType<string>().Concat(row.ExtraVariables.Keys).Concat(row.SecretNames);

    private Dialect Named(string name, string where)
    {
        Check(DialectNames.TryParse(name, out var dialect), where, $"{name} is not a dialect");
        return dialect;
    }

    private void Check(bool holds, string where, string fault)
    {
        if (!holds) _faults.Add($"{where}: {fault}.");
    }
}
