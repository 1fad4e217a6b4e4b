using System.Text.Json;
using Gatehouse.Terminals;

namespace Gatehouse.Doctor;

/// <summary>How what the doctor found is shown.</summary>
/// <param name="Found">What was found, after the repairs.</param>
/// <param name="Repairs">What was done; empty without <c>--fix</c>.</param>
internal sealed record DoctorView(IReadOnlyList<Diagnosis> Found, IReadOnlyList<RepairDone> Repairs)
{
    private const int ResultWidth = 16;

    /// <summary>Prints it for people: a line for each finding, with what helps below it.</summary>
    public void Print(Terminal terminal)
    {
        var name = Found.Max(diagnosis => diagnosis.Check.Id.Length) + 2;
        foreach (var (check, result) in Found.Where(diagnosis => IsShown(diagnosis.Result)))
        {
            var subject = result.Subject.Length == 0 ? "" : $"{terminal.Ink.Strong(result.Subject)}: ";
            terminal.Say($"{Ink(terminal.Ink, result)}{check.Id.PadRight(name)}{subject}{result.Evidence}");
            if (result.Suggestion is { } suggestion && result.Outcome is CheckOutcome.Failed or CheckOutcome.Warning)
                foreach (var line in suggestion.Split('\n')) terminal.Say($"{new string(' ', ResultWidth + name)}→ {line}");
        }

        var quiet = Found.Where(diagnosis => !IsShown(diagnosis.Result)).Select(diagnosis => diagnosis.Check.Id).ToList();
        if (quiet.Count > 0) terminal.Say(terminal.Ink.Faint($"{"not applicable".PadRight(ResultWidth)}{string.Join(", ", quiet)}"));
        terminal.Note(Summary());
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("checks");
        foreach (var (check, result) in Found)
        {
            json.WriteStartObject();
            json.WriteString("id", check.Id);
            json.WriteString("subject", result.Subject.Length == 0 ? null : result.Subject);
            json.WriteString("result", result.Word.Replace(' ', '_'));
            json.WriteString("evidence", result.Evidence);
            json.WriteString("suggestion", result.Suggestion);
            json.WriteBoolean("fixable", result.Repair is not null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("repairs");
        foreach (var repair in Repairs)
        {
            json.WriteStartObject();
            json.WriteString("file", repair.File);
            json.WriteString("change", repair.Change);
            json.WriteBoolean("done", repair.Problem is null);
            json.WriteString("problem", repair.Problem);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // What there is nothing to look at for needs no line of its own, unless it is about something that is there.
    private static bool IsShown(CheckResult result) => result.Outcome != CheckOutcome.NotApplicable || result.Subject.Length > 0;

    private string Summary()
    {
        var failed = Found.Count(diagnosis => diagnosis.IsFailure);
        var warned = Found.Count(diagnosis => diagnosis.Result.Outcome == CheckOutcome.Warning);
        var fixable = Found.Count(diagnosis => diagnosis.Result.Repair is not null);
        var words = failed == 0 && warned == 0 ? "All is well." : $"{failed} failed, {warned} to look at.";
        return fixable == 0 ? words : $"{words} 'gatehouse doctor --fix' mends {fixable} of them.";
    }

    private static string Ink(Ink ink, CheckResult result)
    {
        var word = result.Word.PadRight(ResultWidth);
        return result.Outcome switch
        {
            CheckOutcome.Ok => ink.Good(word),
            CheckOutcome.Failed => ink.Bad(word),
            CheckOutcome.Warning => ink.Tool(word),
            _ => ink.Faint(word),
        };
    }
}
