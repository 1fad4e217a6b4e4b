namespace Gatehouse.Dialects.Counting;

/// <summary>How much there is in a request for a model to read, by kind: what input tokens are estimated from.</summary>
public record struct InputSize
{
    /// <summary>Bytes of ASCII text, escapes counted as what they stand for.</summary>
    public long TextBytes { get; set; }

    /// <summary>Bytes of text outside ASCII: fewer of them make a token.</summary>
    public long ForeignBytes { get; set; }

    /// <summary>Bytes of JSON that a model reads as such: tool schemas, tool inputs, output formats.</summary>
    public long JsonBytes { get; set; }

    /// <summary>Tokens of images, by their size where it can be read.</summary>
    public long ImageTokens { get; set; }

    /// <summary>Bytes of documents, decoded.</summary>
    public long DocumentBytes { get; set; }

    /// <summary>Messages, blocks and tools: each brings some tokens of its own.</summary>
    public long Parts { get; set; }

    /// <summary>The most output tokens that the caller asks for; null when it does not say.</summary>
    public long? MaxOutput { get; set; }

    /// <summary>
    /// Input tokens by averages over code, prose and JSON. Without the vendor's tokenizer this is an estimate; what a model reported for earlier requests
    /// corrects it.
    /// </summary>
    public readonly long Tokens =>
        (long)Math.Ceiling((TextBytes / 3.8) + (ForeignBytes / 2.4) + (JsonBytes / 3.4) + ImageTokens + (DocumentBytes / 40.0) + (Parts * 3.0));
}
