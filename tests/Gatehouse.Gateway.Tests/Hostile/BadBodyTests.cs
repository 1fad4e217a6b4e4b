using System.Text;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Hostile;

/// <summary>Bodies that can't be routed: 400 in the caller's dialect, no row, and nothing goes upstream.</summary>
public sealed class BadBodyTests(Besieged siege) : IClassFixture<Besieged>
{
    private static readonly Dictionary<string, Func<Door, byte[]>> s_bodies = new()
    {
        ["no body"] = _ => [],
        ["whitespace"] = _ => Text(" \r\n\t "),
        ["words"] = _ => Text("hello"),
        ["an open brace"] = _ => Text("{"),
        ["cut off"] = d => Text(d.Good[..^1]),
        ["cut inside a string"] = d => Text(d.Good[..(d.Good.IndexOf("Hi", StringComparison.Ordinal) + 1)]),
        ["two objects"] = d => Text(d.Good + d.Good),
        ["a comma too many"] = d => Text(d.With("\"model\":\"claude-x\",")),
        ["single quotes"] = d => Text(d.Good.Replace('"', '\'')),
        ["a form"] = _ => Text("model=claude-x&stream=true"),
        ["an array"] = d => Text($"[{d.Good}]"),
        ["a string"] = _ => Text("\"claude-x\""),
        ["a number"] = _ => Text("1"),
        ["null"] = _ => Text("null"),
        ["an empty object"] = _ => Text("{}"),
        ["a model that is null"] = d => Text(d.With("\"model\":null")),
        ["a model that is a number"] = d => Text(d.With("\"model\":7")),
        ["a model that is a list"] = d => Text(d.With("\"model\":[\"claude-x\"]")),
        ["a model that is empty"] = d => Text(d.With("\"model\":\"\"")),
        ["a model with a bad escape"] = d => Text(d.With("\"model\":\"claude\\x\"")),
        ["a model with half a surrogate"] = d => Text(d.With("\"model\":\"claude-\\ud800\"")),
        ["a model with broken UTF-8"] = d => Latin1(d.With("\"model\":\"claude-\xff\"")),
        ["a model with a line break"] = d => Text(d.With("\"model\":\"claude\n\"")),
        ["a stream that is a word"] = d => Text(d.With("\"model\":\"claude-x\",\"stream\":\"true\"")),
        ["a stream that is a number"] = d => Text(d.With("\"model\":\"claude-x\",\"stream\":1")),
        ["stream_options that are a list"] = d => Text(d.With("\"model\":\"claude-x\",\"stream_options\":[]")),
        ["a store that is a word"] = d => Text(d.With("\"model\":\"claude-x\",\"store\":\"no\"")),
        ["a previous_response_id that is a number"] = d => Text(d.With("\"model\":\"claude-x\",\"previous_response_id\":5")),
        ["a conversation that is a number"] = d => Text(d.With("\"model\":\"claude-x\",\"conversation\":5")),
        ["two models"] = d => Text(d.With("\"model\":\"claude-x\",\"model\":\"gpt-x\"")),
        ["two models, one escaped"] = d => Text(d.With("\"model\":\"claude-x\",\"mod\\u0065l\":\"gpt-x\"")),
        ["a model in capitals"] = d => Text(d.With("\"MODEL\":\"claude-x\"")),
        ["two models in two cases"] = d => Text(d.With("\"model\":\"claude-x\",\"Model\":\"gpt-x\"")),
        ["two streams"] = d => Text(d.With("\"model\":\"claude-x\",\"stream\":false,\"stream\":true")),
        ["a stream with the long s"] = d => Text(d.With("\"model\":\"claude-x\",\"\u017Ftream\":true")),
        ["two usage options"] = d =>
            Text(d.With("\"model\":\"claude-x\",\"stream_options\":{\"include_usage\":true,\"include_usage\":false}")),
        ["a hundred thousand open brackets"] = d => Text(d.With($"\"model\":\"claude-x\",\"deep\":{new string('[', 100_000)}")),
        ["a hundred thousand brackets of two kinds"] = d =>
            Text(d.With($"\"model\":\"claude-x\",\"deep\":{new string('[', 100_000)}{new string('}', 100_000)}")),
        ["a byte order mark"] = d => [0xEF, 0xBB, 0xBF, .. Text(d.Good)],
        ["UTF-16"] = d => Encoding.Unicode.GetBytes(d.Good),
        ["zero bytes"] = _ => new byte[4096],
        ["random bytes"] = _ => Random(4096),
        ["random bytes over a block"] = _ => Random(300_000),
    };

    public static TheoryData<string, string> Bodies => Table(s_bodies.Keys);

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Is_refused_with_400_and_leaves_no_row(string name, string path)
    {
        var door = Door.At(path);
        siege.Gateway.Simulator!.Received.Clear();
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync(door.Post(siege.Gateway.Token, s_bodies[name](door)));
        var answer = (await client.ReadAsync())!;

        answer.Status.ShouldBe(400, answer.Body);
        answer["content-type"].ShouldBe("application/json");
        door.ErrorWord(answer.Body).ShouldBe("invalid_request_error");
        siege.Asked.ShouldBeEmpty();
        (await siege.RestAsync()).ShouldBeEmpty();

        // The connection stays usable: nothing of the bad body was taken for the next request.
        await client.SendAsync(door.Post(siege.Gateway.Token, door.Good));
        (await client.ReadAsync())!.Status.ShouldBe(200);
        (await siege.RestAsync()).Count.ShouldBe(1);
    }

    public static TheoryData<string, string> Passed => Table(["deep", "invalid UTF-8", "escapes", "unknown keys twice"]);

    /// <summary>
    /// What is bad below the keys that decide anything is the provider's to refuse: it goes on byte for byte, and has its row.
    /// </summary>
    [Theory]
    [MemberData(nameof(Passed))]
    public async Task Below_the_deciding_keys_faults_are_left_to_the_provider(string name, string path)
    {
        var door = Door.At(path);
        var body = name switch
        {
            "deep" => Text(door.With($"\"model\":\"claude-x\",\"deep\":{new string('[', 100_000)}{new string(']', 100_000)}")),
            "invalid UTF-8" => Latin1(door.Good.Replace("Hi", "H\xff\xfe\x80", StringComparison.Ordinal)),
            "escapes" => Text(door.Good.Replace("Hi", "\\q\\ud800", StringComparison.Ordinal)),
            _ => Text(door.With("\"model\":\"claude-x\",\"metadata\":{},\"metadata\":{\"model\":1,\"stream\":2}")),
        };
        siege.Gateway.Simulator!.Received.Clear();
        using var client = await RawClient.ConnectAsync(siege.Gateway.Address);
        await client.SendAsync(door.Post(siege.Gateway.Token, body));
        var answer = (await client.ReadAsync())!;

        siege.Asked.ShouldHaveSingleItem().Body.Span.SequenceEqual(body).ShouldBeTrue();
        answer.Status.ShouldBeOneOf(200, 400);
        if (answer.Status == 400) door.ErrorWord(answer.Body).ShouldNotBeEmpty();
        var row = (await siege.RestAsync()).ShouldHaveSingleItem();
        row.End.ShouldBe(answer.Status == 200 ? ExchangeEnd.Ok : ExchangeEnd.ClientError);
        row.RequestBytes.ShouldBe(body.Length);
    }

    private static TheoryData<string, string> Table(IEnumerable<string> names)
    {
        var table = new TheoryData<string, string>();
        foreach (var name in names)
        {
            foreach (var door in Door.All) table.Add(name, door.Path);
        }

        return table;
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] Random(int size)
    {
        var bytes = new byte[size];
        new Random(7).NextBytes(bytes);
        // Else it might be taken for a JSON value of another kind; either way it is refused.
        bytes[0] = (byte)'{';
        return bytes;
    }
}
