using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Tenancy;

/// <summary>Who is served by the platform's keys when neither project nor user says so.</summary>
public enum ProviderModeDefault : byte
{
    /// <summary>Nobody: it has to be switched on for a user or a project.</summary>
    OptIn,

    /// <summary>Everyone without a credential of their own.</summary>
    Fallback,
}

/// <summary>
/// What an administrator sets for everyone. Immutable. A stored value that can't be read counts as the strictest one, for it was meant to
/// restrict.
/// </summary>
public sealed record PlatformSettings
{
    private readonly Glob[]? _allowed;

    /// <summary>The settings of an installation in which nothing was set.</summary>
    public static PlatformSettings Initial { get; } = new();

    /// <summary>Whether workspaces are served at all: the kill switch. <c>AI_PROXY_ENABLED=false</c> in the environment turns it off too.</summary>
    public bool ProxyEnabled { get; init; } = true;

    /// <summary>Who the platform's keys serve when neither project nor user says so.</summary>
    public ProviderModeDefault Default { get; init; } = ProviderModeDefault.OptIn;

    /// <summary>The models that the platform's keys serve, <c>*</c> matching any run of characters; null when all.</summary>
    public ImmutableArray<string>? AllowedModels
    {
        get;
        init
        {
            field = value;
            _allowed = value is { } models ? [.. models.Select(model => new Glob(model))] : null;
        }
    }

    /// <summary>The model that a harness is told when its configuration names none, by the harness's name.</summary>
    public FrozenDictionary<string, string> DefaultModels { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Limits for users, over those of the configuration.</summary>
    public PlatformLimits Limits { get; init; } = PlatformLimits.None;

    /// <summary>Whether the platform's keys serve a model, by the name that the caller gives.</summary>
    public bool AllowsModel(string model)
    {
        if (_allowed is not { } patterns) return true;
        foreach (var pattern in patterns)
        {
            if (pattern.IsMatch(model)) return true;
        }

        return false;
    }
}

/// <summary>Whether the platform's keys may serve a user in a project.</summary>
public static class PlatformUse
{
    /// <summary>The project's mode, else the user's, else the platform's.</summary>
    public static ProviderMode Of(User? user, Project? project, PlatformSettings settings) =>
        project?.ProviderMode ?? user?.ProviderMode
            ?? (settings.Default == ProviderModeDefault.Fallback ? ProviderMode.Platform : ProviderMode.Own);
}
