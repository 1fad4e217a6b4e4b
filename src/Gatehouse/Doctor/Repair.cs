namespace Gatehouse.Doctor;

/// <summary>Something that <c>--fix</c> can do about a fault. Immutable; nothing happens before <see cref="ApplyAsync"/>.</summary>
internal abstract class Repair
{
    /// <summary>The file that is changed.</summary>
    public abstract string File { get; }

    /// <summary>What will change, as a person reads it: a unified diff, or one line.</summary>
    public abstract string Describe();

    /// <summary>Does it. Null, or why it was not done, in which case nothing was changed.</summary>
    public abstract Task<string?> ApplyAsync(CancellationToken cancellation);

    /// <summary>Joins it with another repair of the same file, so that both are shown and written as one; null when they stay two.</summary>
    public virtual Repair? Join(Repair other) => null;
}
