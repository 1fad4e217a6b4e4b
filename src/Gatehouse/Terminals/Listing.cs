using System.Text;
using Spectre.Console;

namespace Gatehouse.Terminals;

/// <summary>
/// A table: headings and rows of text. Drawn with lines on a terminal; elsewhere columns padded with blanks, one row per line however
/// long, for a pipe has no width and a wrapped row would be two for the program that reads it.
/// </summary>
internal sealed class Listing(params IReadOnlyList<string> headings)
{
    private const string Gap = "  ";

    private readonly List<IReadOnlyList<string>> _rows = [];
    private readonly HashSet<int> _numbers = [];

    /// <summary>Aligns columns to the right, counted from 0.</summary>
    public Listing Numbers(params IEnumerable<int> columns)
    {
        _numbers.UnionWith(columns);
        return this;
    }

    /// <summary>
    /// Adds a row, one text per heading. Control characters become <c>?</c>: a caller chooses the name of the model that it asks for, and
    /// with it could write on the terminal of whoever looks at the ledger.
    /// </summary>
    public void Add(params IReadOnlyList<string> cells) => _rows.Add([.. cells.Select(Plain)]);

    /// <summary>Prints it on standard output.</summary>
    public void Print(Terminal terminal)
    {
        if (terminal.IsInteractive) Draw(terminal);
        else Pad(terminal);
    }

    private static string Plain(string cell) =>
        cell.Any(char.IsControl) ? string.Create(cell.Length, cell, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = char.IsControl(from[i]) ? '?' : from[i];
        }) : cell;

    private void Pad(Terminal terminal)
    {
        var widths = Enumerable.Range(0, headings.Count).Select(i => _rows.Append(headings).Max(row => row[i].Length)).ToList();
        var line = new StringBuilder();
        foreach (var row in _rows.Prepend(headings))
        {
            line.Clear();
            for (var i = 0; i < headings.Count; i++) line.Append(
                _numbers.Contains(i) ? row[i].PadLeft(widths[i]) : row[i].PadRight(widths[i])).Append(Gap);
            terminal.Say(line.ToString().TrimEnd());
        }
    }

    private void Draw(Terminal terminal)
    {
        var table = new Table { Border = TableBorder.Rounded, UseSafeBorder = true };
        for (var i = 0; i < headings.Count; i++)
        {
            var column = new TableColumn(new Text(headings[i], new Style(decoration: Decoration.Bold)));
            if (_numbers.Contains(i)) column.RightAligned();
            table.AddColumn(column);
        }

        foreach (var row in _rows) table.AddRow(row.Select(cell => new Text(cell)));
        var canvas = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal.Ink.Colours ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal.Ink.Colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(terminal.Output),
        });
        canvas.Write(table);
    }
}
