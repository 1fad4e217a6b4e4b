namespace Gatehouse.Terminals;

/// <summary>
/// Standard input, output and error of the process, and what the terminal behind them can show. Data goes to <see cref="Output"/>, words
/// about it to <see cref="Error"/>. Used by one command at a time.
/// </summary>
internal sealed class Terminal
{
    private readonly Func<Stream> _openOutput = Console.OpenStandardOutput;

    private Terminal(bool interactive, bool colours) => (IsInteractive, Ink) = (interactive, new Ink(colours));

    /// <summary>Standard output.</summary>
    public TextWriter Output { get; private init; } = Console.Out;

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; } = Console.Error;

    /// <summary>Whether a person looks at standard output.</summary>
    public bool IsInteractive { get; }

    /// <summary>Colours for standard output; all of them plain when it is no terminal or <c>NO_COLOR</c> is set.</summary>
    public Ink Ink { get; }

    /// <summary>The process's own.</summary>
    public static Terminal OfProcess()
    {
        // https://no-color.org: present and not empty, whatever its value.
        var refused = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            || Environment.GetEnvironmentVariable("TERM") == "dumb";
        var interactive = !Console.IsOutputRedirected;
        return new Terminal(interactive, interactive && !refused);
    }

    /// <summary>
    /// The same, with lines on standard output going nowhere: for a command whose one JSON object is to stand there alone.
    /// </summary>
    public static Terminal Muted() => Into(TextWriter.Null);

    /// <summary>One whose standard output goes elsewhere, plain; the other two streams are the process's own.</summary>
    internal static Terminal Into(TextWriter output) => new(interactive: false, colours: false) { Output = output };

    /// <summary>Standard output as bytes.</summary>
    public Stream OpenOutput() => _openOutput();

    /// <summary>Prints a line of data on standard output.</summary>
    /// <exception cref="OutputException">It takes nothing.</exception>
    public void Say(string line = "")
    {
        try
        {
            Output.WriteLine(line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(e);
        }
    }

    /// <summary>Prints a line of words on standard error.</summary>
    public void Note(string line = "") => Error.WriteLine(line);

    /// <summary>Prints a line of words where what is being done must go on without it: the terminal may have been closed, which is why it is done.</summary>
    public void TryNote(string line)
    {
        try
        {
            Note(line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There is nobody who could read it.
        }
    }

    /// <summary>Prints a table.</summary>
    public void Write(Listing listing) => listing.Print(this);

    /// <summary>Whether a person can be asked: standard input is a terminal.</summary>
    public static bool CanAsk => !StandardInput.IsClosed && !Console.IsInputRedirected;

    /// <summary>Asks a person yes or no; anything but a yes is a no.</summary>
    public bool Confirm(string question)
    {
        Error.Write($"{question} [y/N] ");
        return StandardInput.Reader.ReadLine()?.Trim() is { } answer
            && (answer.Equals("y", StringComparison.OrdinalIgnoreCase) || answer.Equals("yes", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Reads a secret: the whole of standard input when that is a file or pipe, nothing when it is closed, else what a person types after the
    /// prompt, which is not shown. Null when the person gave none.
    /// </summary>
    public string? ReadSecret(string prompt)
    {
        if (!CanAsk) return StandardInput.Reader.ReadToEnd();
        Error.Write(prompt);
        var typed = TypedSecret.Read();
        Error.WriteLine();
        return typed;
    }
}
