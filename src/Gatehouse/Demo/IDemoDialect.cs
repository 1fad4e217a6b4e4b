namespace Gatehouse.Demo;

/// <summary>How a caller of the demo speaks one dialect. Stateless: what was answered is kept in a <see cref="Heard"/>.</summary>
internal interface IDemoDialect
{
    /// <summary>The dialect's name for people.</summary>
    string Name { get; }

    /// <summary>The path that is called.</summary>
    string Path { get; }

    /// <summary>Adds the headers that its callers send.</summary>
    void Prepare(HttpRequestMessage request);

    /// <summary>The body that asks, offering the tool.</summary>
    string Ask(string prompt);

    /// <summary>The body that goes on with the tool's result.</summary>
    /// <param name="prompt">What was asked.</param>
    /// <param name="call">The answer that called the tool.</param>
    /// <param name="result">What the tool returned.</param>
    string GoOn(string prompt, Heard call, string result);

    /// <summary>Takes one event of the stream in.</summary>
    void Hear(string data, Heard heard);
}
