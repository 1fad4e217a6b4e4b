using System.Text;
using System.Text.RegularExpressions;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>
/// Runs every fixture in Goldens/&lt;edge&gt;/. With GATEHOUSE_GOLDENS=write in the environment the expected sections are written anew into the sources, to be
/// read line by line before they are committed.
/// </summary>
public sealed partial class GoldenTests
{
    private static readonly bool s_writes = Environment.GetEnvironmentVariable("GATEHOUSE_GOLDENS") == "write";

    public static TheoryData<string, string> All => Fixtures(static _ => true);

    public static TheoryData<string, string> Streams => Fixtures(static file => file["answer"] is not null && file["refusal"] is null);

    [Theory]
    [MemberData(nameof(All))]
    public void A_scenario_gives_what_its_fixture_says(string edge, string scenario)
    {
        var (file, run, path) = Open(edge, scenario);
        var before = file.ToString();
        run.Fill();
        if (s_writes) File.WriteAllText(Source(path), file.ToString());
        else file.ToString().ShouldBe(before);
    }

    /// <summary>So many scenarios at least show each side of an edge: what is sent, what a stream's reader gets, and what a document's reader gets.</summary>
    [Theory]
    [MemberData(nameof(ConversationTests.Edges), MemberType = typeof(ConversationTests))]
    public void Each_edge_is_shown_by_scenarios_enough(Dialect client, Dialect upstream)
    {
        var files = Fixtures(static _ => true).Select(row => (Edge: Find(row.Data.Item1), File: Open(row.Data.Item1, row.Data.Item2).File))
            .Where(row => row.Edge.Client == client && row.Edge.Upstream == upstream).Select(static row => row.File).ToList();
        foreach (var section in (string[])["upstream request", "facts", "client events", "client document"])
            files.Count(file => file[section] is not null).ShouldBeGreaterThanOrEqualTo(25, section);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_request_gives_the_same_bytes_each_time(string edge, string scenario)
    {
        var run = Open(edge, scenario).Run;
        run.UpstreamBody().ShouldBe(run.UpstreamBody());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_request_that_was_read_before_gives_the_same_bytes(string edge, string scenario)
    {
        var run = Open(edge, scenario).Run;
        run.UpstreamBody(isRead: true).ShouldBe(run.UpstreamBody());
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_cut_anywhere_gives_the_same(string edge, string scenario)
    {
        var run = Open(edge, scenario).Run;
        var stream = run.Stream()!;
        var whole = run.Play(stream, stream.Length);
        // Above 32 KB every place near an event's end and a sample of the others.
        var step = stream.Length > 32 * 1024 ? 97 : 1;
        for (var cut = 0; cut < stream.Length; cut += step) run.Play(stream, cut).ShouldBe(whole, $"cut at {cut}");
        var facts = run.Facts(static length => length)!;
        for (var cut = 0; cut < stream.Length; cut += step) run.Facts(length => Math.Min(cut, length)).ShouldBe(facts, $"cut at {cut}");
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_that_breaks_off_never_looks_whole(string edge, string scenario)
    {
        var run = Open(edge, scenario).Run;
        var stream = run.Stream()!;
        var whole = run.Play(stream, stream.Length);
        foreach (var end in EventEnds(stream))
        {
            var cut = run.Play(stream.AsSpan(0, end), end);
            cut.Ended.ShouldBeTrue($"cut behind {end}");
            LegalStream.Check(Find(edge).Client, cut.Text, cut.Failure);
            // A chat stream has said all but its usage before its last chunk.
            if (cut.Failure is null) WithoutUsage(cut.Text).ShouldBe(WithoutUsage(whole.Text), $"cut behind {end}");
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void An_upstream_error_ends_the_stream_badly_wherever_it_comes(string edge, string scenario)
    {
        var run = Open(edge, scenario).Run;
        var stream = run.Stream()!;
        var error = Encoding.UTF8.GetBytes(UpstreamError(Find(edge).Upstream));
        foreach (var end in EventEnds(stream))
        {
            byte[] broken = [.. stream.AsSpan(0, end), .. error];
            var answer = run.Play(broken, broken.Length);
            answer.Ended.ShouldBeTrue($"error behind {end}");
            LegalStream.Check(Find(edge).Client, answer.Text, answer.Failure);
            if (answer.Failure is null || run.Play(stream.AsSpan(0, end), end).Failure is null) continue;
            if (!stream.AsSpan(0, end).EndsWith("[DONE]\n\n"u8)) answer.Failure.Message.ShouldContain("The engine caught fire");
        }
    }

    private static string WithoutUsage(string text) => UsageObject().Replace(text, "");

    [GeneratedRegex("\"usage\":(null|\\{[^{}]*(\\{[^{}]*\\}[^{}]*)*\\})")]
    private static partial Regex UsageObject();

    private static string UpstreamError(Dialect upstream) => upstream switch
    {
        Dialect.Anthropic => "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"The engine caught fire\"}}\n\n",
        Dialect.OpenAiChat => "data: {\"error\":{\"message\":\"The engine caught fire\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n",
        _ => "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"The engine caught fire\",\"param\":null,\"sequence_number\":99}\n\n",
    };

    /// <summary>Where events end, the start included and the end of the whole left out.</summary>
    internal static List<int> EventEnds(ReadOnlySpan<byte> stream)
    {
        var ends = new List<int> { 0 };
        for (var at = 0; stream[at..].IndexOf("\n\n"u8) is >= 0 and var next && at + next + 2 < stream.Length;)
        {
            at += next + 2;
            ends.Add(at);
        }

        return ends;
    }

    internal static (GoldenFile File, GoldenRun Run, string Path) Open(string edge, string scenario)
    {
        var path = Path.Combine(edge, scenario + ".txt");
        var file = GoldenFile.Read(Path.Combine(GoldenFile.Folder, path));
        return (file, new GoldenRun(Find(edge), file), path);
    }

    /// <summary>The edge that a folder of fixtures is named for.</summary>
    internal static Edge Find(string edge)
    {
        var (client, upstream) = edge switch
        {
            "anthropic-to-chat" => (Dialect.Anthropic, Dialect.OpenAiChat),
            "anthropic-to-responses" => (Dialect.Anthropic, Dialect.OpenAiResponses),
            "chat-to-anthropic" => (Dialect.OpenAiChat, Dialect.Anthropic),
            "chat-to-responses" => (Dialect.OpenAiChat, Dialect.OpenAiResponses),
            "responses-to-anthropic" => (Dialect.OpenAiResponses, Dialect.Anthropic),
            "responses-to-chat" => (Dialect.OpenAiResponses, Dialect.OpenAiChat),
            _ => throw new InvalidDataException($"No edge is called '{edge}'."),
        };
        return EdgeSet.Find(client, upstream) ?? throw new InvalidDataException($"The edge '{edge}' is not registered.");
    }

    private static TheoryData<string, string> Fixtures(Func<GoldenFile, bool> wanted)
    {
        var rows = new TheoryData<string, string>();
        foreach (var path in Directory.EnumerateFiles(GoldenFile.Folder, "*.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (wanted(GoldenFile.Read(path))) rows.Add(Path.GetFileName(Path.GetDirectoryName(path)!), Path.GetFileNameWithoutExtension(path));
        }

        return rows;
    }

    private static string Source(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Gatehouse.slnx"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "tests", "Gatehouse.Dialects.Tests", "Translation", "Goldens", path);
    }
}
