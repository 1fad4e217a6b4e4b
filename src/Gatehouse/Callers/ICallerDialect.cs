using System.Text.Json;
using Gatehouse.Dialects;

namespace Gatehouse.Callers;

/// <summary>How much a question has to do with the weather tool.</summary>
internal enum ToolUse
{
    /// <summary>It is not offered.</summary>
    None,

    /// <summary>The model may call it.</summary>
    Offered,

    /// <summary>The model has to call it.</summary>
    Forced,
}

/// <summary>What is asked.</summary>
/// <param name="Model">Of which model.</param>
/// <param name="Prompt">In which words.</param>
/// <param name="Stream">Whether the answer comes in pieces.</param>
/// <param name="Tool">Whether the tool is offered.</param>
internal sealed record Question(string Model, string Prompt, bool Stream = true, ToolUse Tool = ToolUse.None);

/// <summary>How the program speaks one dialect when it plays the caller. Stateless: what was answered is kept in a <see cref="Heard"/>.</summary>
internal interface ICallerDialect
{
    /// <summary>The dialect.</summary>
    Dialect Dialect { get; }

    /// <summary>The dialect's name for people.</summary>
    string Name { get; }

    /// <summary>The path that is called.</summary>
    string Path { get; }

    /// <summary>Adds the headers that its callers send.</summary>
    void Prepare(HttpRequestMessage request);

    /// <summary>The body that asks.</summary>
    string Ask(Question question);

    /// <summary>The body that goes on with the tool's result.</summary>
    /// <param name="question">What was asked; says again whether the tool is offered or forced.</param>
    /// <param name="call">The answer that called the tool.</param>
    /// <param name="result">What the tool returned.</param>
    string GoOn(Question question, Heard call, string result);

    /// <summary>Takes one event of the stream in.</summary>
    /// <exception cref="JsonException">It is not what the dialect says.</exception>
    void Hear(string data, Heard heard);

    /// <summary>Takes a whole answer in.</summary>
    /// <exception cref="JsonException">It is not what the dialect says.</exception>
    void Read(JsonElement answer, Heard heard);
}
