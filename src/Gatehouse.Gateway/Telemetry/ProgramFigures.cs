using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Telemetry;

/// <summary>One figure with its labels.</summary>
internal readonly record struct ProgramFigure(double Value, IReadOnlyList<KeyValuePair<string, string>> Labels);

/// <summary>The figures of providers that are programs, as metrics show them. No label names a person: accounts go by their configured names. Stateless.</summary>
internal static class ProgramFigures
{
    /// <summary>Turns running and waiting.</summary>
    public static IEnumerable<ProgramFigure> Turns(ProgramReport program) =>
        [Of(program.Running, program, ("state", "running")), Of(program.Waiting, program, ("state", "waiting"))];

    /// <summary>How each account is.</summary>
    public static IEnumerable<ProgramFigure> States(ProgramReport program) =>
        program.Accounts.Select(account => Of((int)account.Health, program, ("profile", account.Name)));

    /// <summary>Which accounts are used up.</summary>
    public static IEnumerable<ProgramFigure> Exhausted(ProgramReport program) =>
        program.Accounts.Select(account => Of(account.ExhaustedUntil is null ? 0 : 1, program, ("profile", account.Name)));

    /// <summary>How much of each limit is used, where that is known.</summary>
    public static IEnumerable<ProgramFigure> Utilization(ProgramReport program) =>
        from account in program.Accounts
        from window in account.Windows
        let used = window.Utilization
        where used is not null
        select Of(used ?? 0, program, ("profile", account.Name), ("window", window.Name));

    private static ProgramFigure Of(double value, ProgramReport program, params (string Name, string Value)[] labels) =>
        new(value, [new("provider", program.Provider), .. labels.Select(static label => KeyValuePair.Create(label.Name, label.Value))]);
}
