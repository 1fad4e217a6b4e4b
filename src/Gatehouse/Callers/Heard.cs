using System.Text;

namespace Gatehouse.Callers;

/// <summary>What a caller has heard of an answer so far. Used by one reader.</summary>
/// <param name="show">Is given every piece of text as it comes.</param>
internal sealed class Heard(Action<string>? show = null)
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _arguments = new();

    /// <summary>The HTTP status; null when no answer came.</summary>
    public int? Status { get; set; }

    /// <summary>The gateway's id of the exchange, by which the ledger has it; null when the gateway gave none.</summary>
    public Guid? Exchange { get; set; }

    /// <summary>The text so far.</summary>
    public string Text => _text.ToString();

    /// <summary>The tool that is called; null when none is.</summary>
    public string? Tool { get; private set; }

    /// <summary>The call's id, by which its result refers to it.</summary>
    public string CallId { get; private set; } = "";

    /// <summary>The call's arguments, JSON.</summary>
    public string Arguments => _arguments.ToString();

    /// <summary>Whether the dialect's own last event was seen, or the whole answer read.</summary>
    public bool Ended { get; private set; }

    /// <summary>Why it failed: what the error says, or our own words; null when it did not.</summary>
    public string? Error { get; private set; }

    /// <summary>What is wrong with it: the error, or that it broke off; null when nothing is.</summary>
    public string? Fault => Error ?? (Ended ? null : "the stream broke off before its last event");

    /// <summary>How many pieces of text came.</summary>
    public int Pieces { get; private set; }

    /// <summary>A piece of text came.</summary>
    public void Said(string piece)
    {
        Pieces++;
        _text.Append(piece);
        show?.Invoke(piece);
    }

    /// <summary>A tool is called.</summary>
    public void Calls(string tool, string id) => (Tool, CallId) = (tool, id);

    /// <summary>A piece of the call's arguments came.</summary>
    public void Argues(string piece) => _arguments.Append(piece);

    /// <summary>The last event came.</summary>
    public void End() => Ended = true;

    /// <summary>It failed; the first reason stays.</summary>
    public void Fails(string reason) => Error ??= ErrorText.Of(reason);
}
