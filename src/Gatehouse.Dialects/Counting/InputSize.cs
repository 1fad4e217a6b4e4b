namespace Gatehouse.Dialects.Counting;

/// <summary>How much there is in a request for a model to read, by kind: what input tokens are estimated from.</summary>
public record struct InputSize
{
    /// <summary>Words of ASCII letters; a capital behind a small letter begins another, as tokenizers have it.</summary>
    public long Words { get; set; }

    /// <summary>Letters of words behind the eighth of each: long words, and what is none, are cut further.</summary>
    public long LateLetters { get; set; }

    /// <summary>Digits.</summary>
    public long Digits { get; set; }

    /// <summary>Other printable ASCII characters, but for spaces.</summary>
    public long Marks { get; set; }

    /// <summary>Line ends; empty lines count with the one before them.</summary>
    public long Lines { get; set; }

    /// <summary>Characters of two bytes: accents, Greek, Cyrillic, Hebrew, Arabic.</summary>
    public long ShortCharacters { get; set; }

    /// <summary>Characters of three bytes: Chinese, Japanese, Korean, Thai, typographic marks.</summary>
    public long LongCharacters { get; set; }

    /// <summary>Characters of four bytes: emoji and rare ideographs.</summary>
    public long Symbols { get; set; }

    /// <summary>Tokens of images, by their size where it can be read.</summary>
    public long ImageTokens { get; set; }

    /// <summary>Bytes of documents, decoded.</summary>
    public long DocumentBytes { get; set; }

    /// <summary>Messages, blocks and tools: each brings some tokens of its own.</summary>
    public long Parts { get; set; }

    /// <summary>The most output tokens that the caller asks for; null when it does not say.</summary>
    public long? MaxOutput { get; set; }

    /// <summary>
    /// Input tokens. The weights are fitted to two vendors' tokenizers over prose, code, JSON, listings and eight other languages (docs/dialects/translation.md
    /// has the errors); bytes alone err twice as much, because digits and marks make far more tokens than letters do. What a model reported for
    /// earlier requests corrects the rest.
    /// </summary>
    public readonly long Tokens => (long)Math.Ceiling(
        (Words * 1.15) + (LateLetters * 0.42) + (Digits * 1.0) + (Marks * 0.3) + (Lines * 2.4) + (ShortCharacters * 0.37) + (LongCharacters * 0.82)
        + (Symbols * 2.5) + ImageTokens + (DocumentBytes / 40.0) + (Parts * 3.0));
}
