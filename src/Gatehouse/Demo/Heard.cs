using System.Text;

namespace Gatehouse.Demo;

/// <summary>What a caller has heard of an answer so far. Used by one reader.</summary>
/// <param name="show">Is given every piece of text as it comes.</param>
internal sealed class Heard(Action<string> show)
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _arguments = new();

    /// <summary>The text so far.</summary>
    public string Text => _text.ToString();

    /// <summary>The tool that is called; null when none is.</summary>
    public string? Tool { get; private set; }

    /// <summary>The call's id, by which its result refers to it.</summary>
    public string CallId { get; private set; } = "";

    /// <summary>The call's arguments, JSON.</summary>
    public string Arguments => _arguments.ToString();

    /// <summary>Whether the dialect's own last event was seen.</summary>
    public bool Ended { get; private set; }

    /// <summary>An error event, as it came; null when there was none.</summary>
    public string? Error { get; private set; }

    /// <summary>A piece of text came.</summary>
    public void Said(string piece)
    {
        _text.Append(piece);
        show(piece);
    }

    /// <summary>A tool is called.</summary>
    public void Calls(string tool, string id) => (Tool, CallId) = (tool, id);

    /// <summary>A piece of the call's arguments came.</summary>
    public void Argues(string piece) => _arguments.Append(piece);

    /// <summary>The last event came.</summary>
    public void End() => Ended = true;

    /// <summary>An error event came.</summary>
    public void Fails(string data) => Error = data;
}
