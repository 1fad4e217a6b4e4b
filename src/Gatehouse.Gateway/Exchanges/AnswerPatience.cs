namespace Gatehouse.Gateway.Exchanges;

/// <summary>How long a client may leave unread what is answered in one piece. Each of a server's connections has it as a feature, which is asked for only when an answer is not taken at once.</summary>
/// <param name="Least">The time that every answer has.</param>
/// <param name="SlowestReader">Bytes per second that a client is expected to take at least, which gives a longer answer more time.</param>
internal sealed record AnswerPatience(TimeSpan Least, int SlowestReader)
{
    /// <summary>What docs/streams.md says.</summary>
    public static AnswerPatience Usual { get; } = new(TimeSpan.FromSeconds(30), 8 * 1024);

    /// <summary>The time for an answer of so many bytes.</summary>
    public TimeSpan For(int length) => Least + TimeSpan.FromSeconds((double)length / SlowestReader);
}
