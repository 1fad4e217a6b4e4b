using System.Text;
using Gatehouse.Gateway.Configuration;

namespace Gatehouse.Gateway.Tests.Configuration;

/// <summary>Loads configurations from text, without the process's own environment.</summary>
internal static class ConfigFixture
{
    public static ConfigInputs Inputs(
        string? directory = null, Dictionary<string, string>? environment = null, Dictionary<string, string>? overrides = null) => new()
        {
            DataDirectory = directory ?? Path.GetTempPath(),
            Environment = environment ?? [],
            Overrides = overrides ?? [],
        };

    public static ConfigResult Load(
        string text, Dictionary<string, string>? environment = null, Dictionary<string, string>? overrides = null) =>
        ConfigLoader.Parse(Encoding.UTF8.GetBytes(text), Inputs(null, environment, overrides));

    public static GatehouseConfig Good(
        string text, Dictionary<string, string>? environment = null, Dictionary<string, string>? overrides = null)
    {
        var result = Load(text, environment, overrides);
        result.Problems.Select(p => p.ToString()).ShouldBeEmpty();
        return result.Config.ShouldNotBeNull();
    }

    public static IReadOnlyList<string> Faults(
        string text, Dictionary<string, string>? environment = null, Dictionary<string, string>? overrides = null)
    {
        var result = Load(text, environment, overrides);
        (result.Config is null).ShouldBe(result.Problems.Length > 0);
        return [.. result.Problems.Select(p => p.ToString())];
    }
}

/// <summary>A folder of its own that is removed again.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gatehouse-config-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, true);
}
