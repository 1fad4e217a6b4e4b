using Gatehouse.Gateway.Configuration;

namespace Gatehouse.CommandLine;

/// <summary>Something that went wrong, in words for the person who asked. Never holds a secret.</summary>
/// <param name="What">What happened and why.</param>
/// <param name="Fix">What to do about it; may have several lines.</param>
/// <param name="Path">The configuration key at fault, or null.</param>
/// <param name="Line">The line of the configuration file, from 1, or null.</param>
/// <param name="Origin">The environment variable or option that the value comes from, or null.</param>
internal sealed record Problem(string What, string? Fix = null, string? Path = null, int? Line = null, string? Origin = null)
{
    /// <summary>A fault of the configuration.</summary>
    public static Problem Of(ConfigProblem fault) => new(fault.What, fault.Fix, fault.Path, fault.Line, fault.Origin);
}
