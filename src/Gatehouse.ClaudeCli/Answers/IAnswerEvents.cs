using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Answers;

/// <summary>
/// Makes the caller's event stream of the events that the program passes on: one message of the model's where the tools are the client's, one message of all of them where
/// the program works by itself. One per turn; not thread-safe.
/// </summary>
internal interface IAnswerEvents
{
    /// <summary>Whether the model has begun to answer.</summary>
    bool Started { get; }

    /// <summary>Whether there is anything for the client to read: a block, or an end that tells why there is none.</summary>
    bool HasContent { get; }

    /// <summary>Whether the model said why it stopped. A message that ends without is the half of one.</summary>
    bool HasReason { get; }

    /// <summary>Whether the answer is whole.</summary>
    bool Ended { get; }

    /// <summary>The ids of the calls in it that the client is to answer.</summary>
    IReadOnlyList<string> Calls { get; }

    /// <summary>What the answer will be recognised by when the client sends it back.</summary>
    MessageKey Key { get; }

    /// <summary>Writes an event as the caller gets it.</summary>
    void Write(JsonView data, PooledBuffer output);
}
