using Gatehouse.Catalog;

namespace Gatehouse.Gateway.Configuration;

/// <summary>Loads a configuration: file, then environment, then command line. Stateless.</summary>
public static class ConfigLoader
{
    /// <summary>Finds the file and loads the configuration from it and from the inputs.</summary>
    public static ConfigResult Load(ConfigInputs inputs)
    {
        var location = ConfigLocation.Find(inputs);
        var content = location.Read(out var problem);
        return problem is not null ? new ConfigResult(null, [problem]) : Parse(content, inputs);
    }

    /// <summary>Loads a configuration from a file's bytes and from the inputs.</summary>
    /// <param name="file">The file's content; null when there is no file, so that defaults hold.</param>
    /// <param name="inputs">Environment and command line.</param>
    public static ConfigResult Parse(byte[]? file, ConfigInputs inputs) => Parse(file, inputs, new ConfigReport());

    internal static ConfigResult Parse(byte[]? file, ConfigInputs inputs, ConfigReport report)
    {
        var root = file is null ? new ConfigNode { Kind = ConfigKind.Section } : ConfigParser.File(file, report);
        if (root is null) return new ConfigResult(null, report.Problems);
        if (root.Kind != ConfigKind.Section)
        {
            report.Add("", root, $"is {root.KindName}, not a section", "Put everything between { and }");
            return new ConfigResult(null, report.Problems);
        }

        ConfigOverrides.FromEnvironment(root, inputs.Environment, report);
        ConfigOverrides.FromCommandLine(root, inputs.Overrides, report);
        var config = new ConfigReader(inputs, ProviderCatalog.Embedded, report).Read(root);
        return report.HasProblems ? new ConfigResult(null, report.Problems) : new ConfigResult(config, []);
    }
}
