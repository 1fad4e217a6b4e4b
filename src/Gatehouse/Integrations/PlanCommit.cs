using Gatehouse.Clients.Integrations;
using Gatehouse.CommandLine;
using Gatehouse.Terminals;

namespace Gatehouse.Integrations;

/// <summary>The way of a plan through the terminal: the difference is shown, a person asked, the plan committed, the outcome told.</summary>
/// <param name="invocation">The options.</param>
/// <param name="action">What the command does, for its output.</param>
/// <param name="warnings">What a person should know besides.</param>
internal sealed class PlanCommit(Invocation invocation, string action, IReadOnlyList<string> warnings)
{
    private bool IsDryRun => invocation.Parsed.GetValue(IntegrationOptions.DryRun);

    /// <summary>Refuses a command that would have to ask where nobody can be asked; null when it can go on.</summary>
    public static Report? CantAsk(Invocation invocation)
    {
        var parsed = invocation.Parsed;
        if (parsed.GetValue(IntegrationOptions.Yes) || parsed.GetValue(IntegrationOptions.DryRun) || (Terminal.CanAsk && !invocation.Json)) return null;
        return Report.Misused([new Problem("This changes files, and there is nobody to ask.", "Look first with --dry-run, then do it with --yes.")]);
    }

    /// <summary>Shows the plan and asks. The report ends the command; null when the plan is to be committed.</summary>
    public Report? Before(IntegrationPlan plan)
    {
        if (plan.Refusal is { } reason) return Report.Failed(new Problem(reason)) with { Warnings = All(plan) };
        if (!plan.IsNeeded) return Told(plan, [], null, changed: false);
        if (IsDryRun) return Told(plan, [.. plan.Files.Where(file => file.Changes).Select(file => new SavedFile(file.Path, true, null))], null, changed: true);
        if (invocation.Parsed.GetValue(IntegrationOptions.Yes)) return null;
        ShowDiff(invocation.Terminal, plan);
        foreach (var warning in All(plan)) invocation.Terminal.Note($"gatehouse: warning: {warning}");
        return invocation.Terminal.Confirm($"{(action == "apply" ? "Write" : "Give back")} {plan.Path}?") ? null : Report.Failed(new Problem("Nothing was changed."));
    }

    /// <summary>Commits the plan and tells what came of it.</summary>
    /// <param name="integrator">Writes.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="token">The token that was written; null where none was.</param>
    public async Task<Report> CommitAsync(Integrator integrator, IntegrationPlan plan, ClientToken? token)
    {
        var done = await integrator.CommitAsync(plan, invocation.Cancelled);
        if (done.Refusal is { } refusal) return Report.Failed(new Problem(refusal)) with { Warnings = done.Notes };
        return Told(plan, [.. done.Files.Where(file => file.Changed)], token, changed: true);
    }

    private Report Told(IntegrationPlan plan, IReadOnlyList<SavedFile> saved, ClientToken? token, bool changed)
    {
        var asked = !IsDryRun && changed && !invocation.Parsed.GetValue(IntegrationOptions.Yes);
        return Report.Done(
            terminal =>
            {
                if (changed && !asked) ShowDiff(terminal, plan);
                foreach (var left in plan.LeftAlone) terminal.Note($"left alone: {left}");
                if (!changed) terminal.Note($"{plan.Path} is as wanted already.");
                foreach (var file in saved) Tell(terminal, file);
                if (token is { IsNew: true }) terminal.Note($"Made the client token '{token.Token!.Name}' ({token.Token.Id}) for it.");
                if (changed && !IsDryRun && action == "apply") terminal.Note($"To take it back: gatehouse integration restore {plan.Client.Id}");
            },
            json => PlanView.Write(json, plan, saved, token, IsDryRun, changed)) with
        { Warnings = asked ? [] : All(plan) };
    }

    private void Tell(Terminal terminal, SavedFile file)
    {
        terminal.Say($"{(IsDryRun ? "planned_path" : File.Exists(file.Path) ? "saved_path" : "removed_path")}={file.Path}");
        if (file.BackupPath is { } backup) terminal.Say($"backup_path={backup}");
    }

    private static void ShowDiff(Terminal terminal, IntegrationPlan plan)
    {
        foreach (var file in plan.Files.Where(file => file.Changes))
        {
            if (file.Diff.Length == 0) terminal.Say($"{file.Path}: kept from other users of this machine");
            foreach (var line in file.Diff.TrimEnd('\n').Split('\n')) terminal.Say(Inked(terminal.Ink, line));
        }
    }

    private static string Inked(Ink ink, string line) => line switch
    {
        ['+', ..] => ink.Good(line),
        ['-', ..] => ink.Bad(line),
        ['@', ..] => ink.Faint(line),
        _ => line,
    };

    private string[] All(IntegrationPlan plan) => [.. warnings, .. plan.Warnings];
}
