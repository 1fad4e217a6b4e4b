using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Counting;

/// <summary>Text of the kinds that agents send, from the pinned packages, so that it is the same everywhere: each as the body of a chat request.</summary>
internal static class TextKinds
{
    private const int Longest = 60_000;

    /// <summary>The kinds by name.</summary>
    public static IReadOnlyList<(string Name, byte[] Body)> All { get; } =
    [
        ("English prose", Body(Files("@qwen-code/qwen-code/bundled/qc-helper/docs", "*.md"))),
        ("JavaScript", Body(Files("openai/resources", "*.js"))),
        ("TypeScript", Body(Files("@anthropic-ai/sdk/resources", "*.d.ts"))),
        ("JSON data", Body(Files("typescript/lib", "typesMap.json"))),
        ("JSON schemas", Schemas()),
        ("Lock file", Body(File.ReadAllText(Path.Combine(RepositoryPaths.Root, "tests", "agents", "package-lock.json")))),
        ("File listing", Body(Listing())),
        ("Search results", Body(Search())),
        .. new[] { ("German", "de"), ("French", "fr"), ("Polish", "pl"), ("Turkish", "tr"), ("Russian", "ru"), ("Chinese", "zh-cn"), ("Japanese", "ja"), ("Korean", "ko") }
            .Select(static language => (language.Item1, Body(Messages(language.Item2)))),
    ];

    private static byte[] Body(string text) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["model"] = "m",
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
    }.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

    /// <summary>Tools such as agents offer, with the compiler's messages for descriptions.</summary>
    private static byte[] Schemas()
    {
        var tools = new JsonArray();
        foreach (var key in Translations("de").Keys.Take(60))
        {
            var words = key.Split('_');
            var text = string.Join(' ', words);
            tools.Add(new JsonObject
            {
                ["type"] = "function",
                ["function"] = new JsonObject
                {
                    ["name"] = $"{words[0]}_{words[^1]}",
                    ["description"] = text,
                    ["parameters"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["properties"] = new JsonObject
                        {
                            ["file_path"] = new JsonObject { ["type"] = "string", ["description"] = "The absolute path of the file: " + text },
                            ["limit"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["description"] = "How many lines to read" },
                            ["mode"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("content", "files_with_matches", "count") },
                        },
                        ["required"] = new JsonArray("file_path"),
                        ["additionalProperties"] = false,
                    },
                },
            });
        }

        return Encoding.UTF8.GetBytes(new JsonObject { ["model"] = "m", ["messages"] = new JsonArray(), ["tools"] = tools }.ToJsonString());
    }

    private static string Messages(string language)
    {
        var text = string.Join('\n', Translations(language).Select(static message => message.Value));
        return text[..Math.Min(text.Length, Longest / 2)];
    }

    private static Dictionary<string, string> Translations(string language) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(Package($"typescript/lib/{language}/diagnosticMessages.generated.json")))!;

    private static string Files(string folder, string pattern)
    {
        var text = new StringBuilder();
        foreach (var file in Sorted(folder, pattern))
        {
            text.Append(File.ReadAllText(file)).Append('\n');
            if (text.Length > Longest) break;
        }

        return text.ToString(0, Math.Min(text.Length, Longest));
    }

    private static string Listing()
    {
        var text = new StringBuilder();
        foreach (var file in Sorted("openai", "*").Take(500))
            text.Append("-rw-r--r-- 1 root root ").Append($"{new FileInfo(file).Length,8}").Append(" Nov 21 06:32 ").Append(Path.GetFileName(file)).Append('\n');
        return text.ToString();
    }

    private static string Search()
    {
        var text = new StringBuilder();
        foreach (var file in Sorted("openai/resources", "*.js").Take(60))
        {
            var number = 0;
            foreach (var line in File.ReadLines(file))
            {
                number++;
                if (line.Contains("return", StringComparison.Ordinal)) text.Append(Path.GetRelativePath(RepositoryPaths.NodeModules, file)).Append(':').Append(number).Append(':').Append(line).Append('\n');
            }
        }

        return text.ToString(0, Math.Min(text.Length, Longest));
    }

    private static IEnumerable<string> Sorted(string folder, string pattern) =>
        Directory.EnumerateFiles(Package(folder), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static string Package(string path) => Path.Combine(RepositoryPaths.NodeModules, path);
}
