using System.Text;

namespace Gatehouse.LoadBench.Bodies;

/// <summary>
/// One kind of load: what is sent, by how many connections at once, what comes back and at what pace. The upstream knows it by the header
/// <see cref="Header"/>, which every proxy passes on.
/// </summary>
internal sealed class Profile
{
    /// <summary>The header that names a profile.</summary>
    public const string Header = "x-bench";

    /// <summary>The model of the calls that Gatehouse translates; see <see cref="Translated"/>.</summary>
    public const string TranslatedModel = "translated-model";

    private Profile(
        string name, string shown, int bodyBytes, int connections, CannedAnswer answer, int paceMilliseconds = 0, CannedAnswer? translated = null,
        bool isAwake = false)
    {
        Translated = translated;
        IsAwake = isAwake;
        Name = name;
        Shown = shown;
        Body = AgentBody.Make(bodyBytes, answer.Events > 0, translated is null ? "claude-opus-4-8" : TranslatedModel);
        Connections = connections;
        Answer = answer;
        PaceMilliseconds = paceMilliseconds;
    }

    /// <summary>The key, which is also the header's value.</summary>
    public string Name { get; }

    /// <summary>The name in the table.</summary>
    public string Shown { get; }

    /// <summary>The request's body.</summary>
    public byte[] Body { get; }

    /// <summary>Connections at once.</summary>
    public int Connections { get; }

    /// <summary>What the upstream answers.</summary>
    public CannedAnswer Answer { get; }

    /// <summary>
    /// What the upstream answers to the chat request into which Gatehouse translates this one; null for profiles that are carried as they are. The others
    /// carry the request as it is, because they can do no more.
    /// </summary>
    public CannedAnswer? Translated { get; }

    /// <summary>The time between two events; 0 sends them as fast as the socket takes them.</summary>
    public int PaceMilliseconds { get; }

    /// <summary>Whether one request after the other is timed on one connection.</summary>
    public bool IsLatency => Connections == 1 && !IsStream;

    /// <summary>Whether the processors are kept from sleeping meanwhile.</summary>
    public bool IsAwake { get; }

    /// <summary>Whether the cost is told per event.</summary>
    public bool IsStream => Answer.Events > 0;

    /// <summary>The profiles whose cost is compared.</summary>
    public static IReadOnlyList<Profile> Compared { get; } = Make();

    /// <summary>A stream with an event every 500 ms, for the memory of streams that wait.</summary>
    public static Profile Slow { get; } = new("slow", "slow stream", 1024, 1, CannedAnswer.Stream(40), 500);

    /// <summary>A stream that gets stuck after its first event and ends when the other side closes: for how soon a proxy does.</summary>
    public static Profile Stuck { get; } = new("cancel", "stuck stream", 1024, 1, CannedAnswer.Stream(4));

    /// <summary>Finds a profile by its header's value.</summary>
    public static Profile? Find(ReadOnlySpan<byte> name)
    {
        foreach (var profile in Compared)
        {
            if (Ascii.Equals(name, profile.Name)) return profile;
        }

        return Ascii.Equals(name, Slow.Name) ? Slow : Ascii.Equals(name, Stuck.Name) ? Stuck : null;
    }

    private static List<Profile> Make()
    {
        var json = CannedAnswer.Json();
        return
        [
            new("json-1k", "1 KB body, c16", 1024, 16, json),
            new("json-150k", "150 KB body, c16", 150 * 1024, 16, json),
            new("json-1m", "1 MB body, c8", 1024 * 1024, 8, json),
            new("translate-150k", "150 KB body, translated, c16", 150 * 1024, 16, json, translated: CannedAnswer.ChatJson()),
            new("sse-burst", "SSE, 200 events, no delay, c16", 1024, 16, CannedAnswer.Stream(200)),
            new("sse-10ms", "SSE, an event every 10 ms, c64", 1024, 64, CannedAnswer.Stream(100), 10),
            new("one-1k", "1 KB body, one connection", 1024, 1, json),
            new("one-150k", "150 KB body, one connection", 150 * 1024, 1, json),
            new("awake-1k", "1 KB body, one connection, processors kept awake", 1024, 1, json, isAwake: true),
            new("awake-150k", "150 KB body, one connection, processors kept awake", 150 * 1024, 1, json, isAwake: true),
        ];
    }
}
