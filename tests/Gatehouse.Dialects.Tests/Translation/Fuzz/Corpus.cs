using System.Text;
using System.Text.RegularExpressions;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation.Fuzz;

/// <summary>The requests and answers of all fixtures, by dialect: what the damage is done to. Read once, never changed, shared by all threads.</summary>
internal static partial class Corpus
{
    private static readonly Dictionary<Dialect, List<byte[]>> s_requests = Empty();
    private static readonly Dictionary<Dialect, List<byte[]>> s_streams = Empty();
    private static readonly Dictionary<Dialect, List<byte[]>> s_documents = Empty();
    private static readonly HashSet<string> s_sealed = [];
    private static readonly Dictionary<(Dialect, Dialect), List<(byte[], GoldenContext)>> s_accepted = [];

    static Corpus()
    {
        foreach (var path in Directory.EnumerateFiles(GoldenFile.Folder, "*.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var edge = GoldenTests.Find(Path.GetFileName(Path.GetDirectoryName(path)!));
            var file = GoldenFile.Read(path);
            var request = Encoding.UTF8.GetBytes(JsonLayout.Pack(file["request"]!));
            s_requests[edge.Client].Add(request);
            foreach (Match state in SealedState().Matches(file["request"]!)) s_sealed.Add(state.Value);
            if (file["refusal"] is null)
            {
                if (!s_accepted.TryGetValue((edge.Client, edge.Upstream), out var accepted)) s_accepted[(edge.Client, edge.Upstream)] = accepted = [];
                accepted.Add((request, GoldenContext.Read(file["context"])));
            }

            if (file["answer"] is not { } answer) continue;
            if (answer.StartsWith('{')) s_documents[edge.Upstream].Add(Encoding.UTF8.GetBytes(JsonLayout.Pack(answer)));
            else s_streams[edge.Upstream].Add(Encoding.UTF8.GetBytes(answer + "\n\n"));
        }

        foreach (var (dialect, streams) in s_streams)
        {
            foreach (var stream in streams) Collect(dialect, stream);
        }
    }

    /// <summary>A client's request in a dialect.</summary>
    public static byte[] Request(Dialect dialect, Random random) => Any(s_requests[dialect], random);

    /// <summary>A request that an edge translates, and the context that it was written for.</summary>
    public static (byte[] Body, GoldenContext Context) Accepted(Edge edge, Random random) => Any(s_accepted[(edge.Client, edge.Upstream)], random);

    /// <summary>An answer as a stream.</summary>
    public static byte[] Stream(Dialect dialect, Random random) => Any(s_streams[dialect], random);

    /// <summary>An answer as a document.</summary>
    public static byte[] Document(Dialect dialect, Random random) => Any(s_documents[dialect], random);

    /// <summary>Whether a text is state that was sealed here, untouched.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> text) => s_sealed.Contains(Encoding.UTF8.GetString(text));

    [GeneratedRegex(@"gh1\.here\.[\w-]*")]
    private static partial Regex SealedState();

    private static void Collect(Dialect dialect, byte[] stream)
    {
        using var document = new PooledBuffer();
        var collector = AnswerForms.Collector(dialect, document);
        using var feed = new EventFeed(collector);
        feed.Read(stream);
        feed.End();
        if (collector.Failure is null) s_documents[dialect].Add(document.Written.ToArray());
    }

    private static T Any<T>(List<T> list, Random random) => list[random.Next(list.Count)];

    private static Dictionary<Dialect, List<byte[]>> Empty() => Enum.GetValues<Dialect>().ToDictionary(static dialect => dialect, static _ => new List<byte[]>());
}
