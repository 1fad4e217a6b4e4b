using System.Reflection;
using Gatehouse.Dialects.Facts;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Metering;

/// <summary>Records with every property set, found by reflection so that a field added later is part of the tests by itself.</summary>
internal static class ExchangeSamples
{
    public static IReadOnlyList<PropertyInfo> Properties { get; } = typeof(ExchangeRecord).GetProperties();

    /// <summary>A record in which every property differs from its default and from the others.</summary>
    public static ExchangeRecord Full()
    {
        var record = new ExchangeRecord();
        var n = 1;
        foreach (var property in Properties) property.SetValue(record, Value(property.PropertyType, property.Name, ref n));
        return record;
    }

    public static void ShouldBeLike(this ExchangeRecord actual, ExchangeRecord expected)
    {
        foreach (var property in Properties) property.GetValue(actual).ShouldBe(property.GetValue(expected), property.Name);
    }

    private static object Value(Type type, string name, ref int n)
    {
        n++;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return $"{name} ünd {n} 🙂";
        if (type == typeof(Guid)) return Guid.CreateVersion7();
        if (type == typeof(bool)) return true;
        if (type == typeof(long)) return (1L << 40) + n;
        if (type == typeof(int)) return 100_000 + n;
        if (type.IsEnum) return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!;
        if (type != typeof(Usage)) throw new NotSupportedException($"{name} has a type that the ledger cannot store.");
        object usage = default(Usage);
        foreach (var property in typeof(Usage).GetProperties().Where(p => p.CanWrite)) property.SetValue(usage, Value(property.PropertyType, property.Name, ref n));
        return usage;
    }
}
