using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Runtime;

/// <summary>The environment of a harness in its workspace, made from what the catalog says of it.</summary>
internal static class RuntimeEnvironment
{
    private const string OpenCodeContent = "OPENCODE_CONFIG_CONTENT";

    /// <summary>Through the gateway: address, workspace token and model in the harness's own variables.</summary>
    public static ImmutableSortedDictionary<string, string> Proxied(
        Harness harness, Dialect dialect, string address, string model, string? effort, string version)
    {
        var variables = Extra(harness, model, effort, version);
        if (harness.BaseUrlVariable is { } baseUrl) variables[baseUrl] = address;
        if (harness.AuthVariable is { } auth) variables[auth] = AgentKey.TokenPlace;
        if (harness.ModelVariable is { } named && model.Length > 0) variables[named] = model;
        if (harness.SecretNames.Contains(OpenCodeContent)) variables[OpenCodeContent] = RuntimeFiles.OpenCode(dialect, address, harness.AuthVariable!, model);
        return variables.ToImmutable();
    }

    /// <summary>
    /// The vendor's own login: a subscription's token in its variable, or none when the login is a file, which is refreshed at
    /// <paramref name="refresh"/> where that is given.
    /// </summary>
    public static ImmutableSortedDictionary<string, string> Native(Harness harness, Secret? token, string? refresh, string? model, string? effort, string version)
    {
        var variables = Extra(harness, model ?? "", effort, version);
        if (token is not null) variables[harness.OAuthVariable!] = token.Reveal();
        // A login in a file is renewed without asking anybody.
        else variables["NO_BROWSER"] = "1";
        if (token is null && refresh is not null && harness.RefreshVariable is { } place) variables[place] = refresh;
        if (harness.ModelVariable is { } named && model is { Length: > 0 }) variables[named] = model;
        return variables.ToImmutable();
    }

    // A variable whose word has no value is left out.
    private static ImmutableSortedDictionary<string, string>.Builder Extra(Harness harness, string model, string? effort, string version)
    {
        var variables = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in harness.ExtraVariables)
        {
            var value = text switch { "{model}" => model, "{effort}" => effort, "{version}" => version, _ => text };
            if (!string.IsNullOrEmpty(value)) variables[name] = value;
        }

        return variables;
    }
}
