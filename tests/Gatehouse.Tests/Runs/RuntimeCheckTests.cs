using System.Collections.Immutable;
using Gatehouse.Control.Runtime;
using Gatehouse.Runs;
using Gatehouse.Secrets;

namespace Gatehouse.Tests.Runs;

public sealed class RuntimeCheckTests
{
    private static readonly Uri _server = new("https://gate.example:8443");

    [Theory]
    [InlineData("https://gate.example:8443/ai/proxy/{wstoken}/anthropic", "https://gate.example:8443/ai/anthropic", true)]
    [InlineData("https://GATE.example:8443/ai/v1", "https://gate.example:8443/ai/v1", true)]
    [InlineData("https://gate.example/ai/v1", "https://gate.example:8443/ai/v1", false)]
    [InlineData("http://gate.example:8443/ai/v1", "https://gate.example:8443/ai/v1", false)]
    [InlineData("https://gate.example:8443.evil.example/ai/v1", "https://gate.example:8443/ai/v1", false)]
    [InlineData("https://gate.example:8443@evil.example/ai/v1", "https://gate.example:8443/ai/v1", false)]
    [InlineData("https://{wstoken}@gate.example:8443/ai/v1", "https://gate.example:8443/ai/v1", false)]
    [InlineData("https://gate.example:8443/ai/v1", "https://evil.example/ai/v1", false)]
    public void Every_address_is_of_the_server_that_was_asked(string baseUrl, string variable, bool good)
    {
        var fault = RuntimeCheck.Fault(Key(new InferenceConfig("openai-proxy", baseUrl, ""), AgentKey.PlatformSentinel, ("OPENAI_BASE_URL", variable)), _server);
        (fault is null).ShouldBe(good, fault);
    }

    [Theory]
    [InlineData("{\"provider\":{\"x\":{\"options\":{\"baseURL\":\"ADDRESS/ai/v1\"}}}}", false)]
    [InlineData("model_provider = \"x\"\nbase_url = \"ADDRESS/ai/v1\"\n", true)]
    public void Addresses_inside_of_configurations_count_too(string text, bool isFile)
    {
        foreach (var (address, good) in new[] { ("https://gate.example:8443", true), ("https://evil.example", false), ("ftp://gate.example:8443", false) })
        {
            var content = text.Replace("ADDRESS", address, StringComparison.Ordinal);
            var inference = new InferenceConfig("openai-proxy", "https://gate.example:8443/ai/v1", "");
            var key = isFile ? Key(inference, AgentKey.OwnSentinel, file: content, isLogin: false) : Key(inference, AgentKey.OwnSentinel, ("OPENCODE_CONFIG_CONTENT", content));
            (RuntimeCheck.Fault(key, _server) is null).ShouldBe(good, content);
        }
    }

    [Theory]
    [InlineData("__sam_proxy__")]
    [InlineData("__platform_proxy__")]
    public void The_word_in_a_keys_place_is_no_login(string sentinel)
    {
        RuntimeCheck.Fault(Key(null, sentinel), _server).ShouldNotBeNull();
        RuntimeCheck.Fault(Key(null, "a login", file: sentinel), _server).ShouldNotBeNull();
        RuntimeCheck.Fault(Key(null, "a login", file: "{}"), _server).ShouldBeNull();
    }

    private static AgentKey Key(InferenceConfig? inference, string apiKey, (string, string)? variable = null, string? file = null, bool isLogin = true) => new()
    {
        Harness = "openai-codex",
        ApiKey = Secret.From(apiKey),
        CredentialKind = "api-key",
        CredentialSource = "user",
        Inference = inference,
        Environment = variable is { } one ? ImmutableSortedDictionary<string, string>.Empty.Add(one.Item1, one.Item2) : ImmutableSortedDictionary<string, string>.Empty,
        Files = file is null ? [] : [new RuntimeFile { Path = ".codex/auth.json", Content = Secret.From(file), IsLogin = isLogin }],
        SecretNames = [],
    };
}
