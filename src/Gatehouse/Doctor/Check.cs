namespace Gatehouse.Doctor;

/// <summary>One thing that can be wrong with an installation or with a client. Stateless; looking changes nothing.</summary>
internal abstract class Check
{
    /// <summary>Its name in tables, JSON and <c>docs/doctor.md</c>. Programs rely on it: never rename.</summary>
    public abstract string Id { get; }

    /// <summary>Whether <c>--fix</c> can mend what it finds, at least in part.</summary>
    public virtual bool IsFixable => false;

    /// <summary>Looks. At least one result.</summary>
    public abstract Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation);

    /// <summary>One result that needed no waiting.</summary>
    protected static Task<IReadOnlyList<CheckResult>> Found(params IReadOnlyList<CheckResult> results) => Task.FromResult(results);
}
