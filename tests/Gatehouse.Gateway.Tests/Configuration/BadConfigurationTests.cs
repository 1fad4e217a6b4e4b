namespace Gatehouse.Gateway.Tests.Configuration;

public sealed class BadConfigurationTests
{
    // Each row: the configuration, then every message that must come out, in order and no others.
    public static TheoryData<string, string[]> Table => new()
    {
        { "", ["configuration: is not JSON"] },
        { "[]", ["configuration: is a list, not a section"] },
        { "{\n \"listen\": \"\\ud800\" }", ["configuration: has a text that is not UTF-8, or half of a surrogate pair. Save it as UTF-8. (line 2)"] },
        { "{ \"listen\": }", ["configuration: is not JSON"] },
        { "// nothing yet\n", ["configuration: is not JSON: it holds nothing, not even {}. Mend the place"] },
        { "{ \"listen\": \"http://127.0.0.1:1\"", ["configuration: is not JSON: it ends before every { and [ is closed. Mend the place"] },
        { "{\n\"listn\": \"http://127.0.0.1:1\" }", ["listn: is not a known key. Did you mean 'listen'? (line 2)"] },
        { "{ \"colour\": 1 }", ["colour: is not a known key. Known here: allowRemote, listen, allowedHosts, providers"] },
        { "{ \"Listen\": \"http://127.0.0.1:1\" }", ["Listen: is not a known key. Did you mean 'listen'?"] },
        { "{ \"allowRemote\": true,\n \"allowRemote\": false }",
            ["allowRemote: stands twice (first on line 1). Keep one of them. (line 2)"] },
        { "{ \"allowRemote\": \"yes\" }", ["allowRemote: is a text, not true or false"] },
        { "{ \"listen\": 8484 }", ["listen: is a number, neither a text nor a list of texts"] },
        { "{ \"listen\": [] }", ["listen: is empty"] },
        { "{ \"listen\": \"127.0.0.1:8484\" }", ["listen: is not an address of the form http://HOST:PORT"] },
        { "{ \"listen\": \"https://127.0.0.1:8484\" }", ["listen: asks for https"] },
        { "{ \"listen\": \"http://gateway.example:8484\" }", ["listen: names a host that is neither an IP address nor localhost"] },
        { "{ \"listen\": \"http://localhost:0\" }", ["listen: asks for any free port on localhost, which is two addresses. Write http://127.0.0.1:0, or a port"] },
        { "{ \"listen\": \"http://u:p@127.0.0.1:8484\" }", ["listen: is not an address"] },
        { "{ \"listen\": \"http://127.0.0.1:8484/v1\" }", ["listen: is not an address"] },
        { "{ \"listen\": \"http://0.0.0.0:8484\" }",
            ["listen: is http://0.0.0.0:8484, which other machines can reach. Listen on http://127.0.0.1:8484, or set allowRemote"] },
        { "{ \"listen\": [\"http://127.0.0.1:1\", \"http://127.0.0.1:1\"] }", ["listen[1]: names http://127.0.0.1:1 a second time"] },
        { "{ \"allowedHosts\": [\"a b\", \"https://x.example\", \"*\"] }",
            ["allowedHosts[0]: is not a host", "allowedHosts[1]: is not a host", "allowedHosts[2]: is not a host"] },
        { "{ \"corsOrigins\": [\"*\", \"https://a.example/path\"] }",
            ["corsOrigins[0]: is not an origin", "corsOrigins[1]: is not an origin"] },
        { "{ \"auth\": { \"anonymous\": \"on\" } }", ["auth.anonymous: is neither \"off\" nor \"loopback\""] },
        { "{ \"auth\": { \"anonymous\": \"loopback\" } }", ["auth.anonymousToken: is missing"] },
        {
            "{ \"listen\": \"http://0.0.0.0:1\", \"allowRemote\": true, \"auth\": { \"anonymous\": \"loopback\", \"anonymousToken\": \"t\" } }",
            ["auth.anonymous: is \"loopback\" while an address is listened on that other machines can reach"]
        },
        { "{ \"auth\": true }", ["auth: is true or false, not a section"] },
        { "{ \"limits\": { \"maxBodyBytes\": \"32 MB\" } }",
            ["limits.maxBodyBytes: is a text, not a whole number. Write a whole number such as 33554432"] },
        { "{ \"limits\": { \"maxBodyBytes\": 1.5 } }", ["limits.maxBodyBytes: is 1.5, not a whole number"] },
        { "{ \"limits\": { \"maxConcurrentExchanges\": 0 } }",
            ["limits.maxConcurrentExchanges: is 0, which is out of range. Write a number from 1 to 1000000"] },
        { "{ \"limits\": { \"maxHeaderBytes\": 99999999999999999999 } }",
            ["limits.maxHeaderBytes: is 99999999999999999999, not a whole number"] },
        { "{ \"limits\": { \"maxBodyBytes\": 2048, \"maxBodiesInMemoryBytes\": 1024 } }",
            ["limits.maxBodiesInMemoryBytes: is less than maxBodyBytes (2048)"] },
        { "{ \"limits\": { \"drainSeconds\": -1 } }",
            ["limits.drainSeconds: is -1, which is out of range. Write a number from 0 to 3600"] },
        { "{ \"prices\": [{ \"models\": \"m\", \"input\": -1, \"output\": 0.0000000001 }] }",
            ["prices[0].input: is not a price. Write US dollars per million tokens", "prices[0].output: is not a price"] },
        { "{ \"prices\": [{ \"models\": \"m\", \"output\": \"3\", \"cash\": 1 }] }",
            ["prices[0].input: is missing", "prices[0].output: is not a price", "prices[0].cash: is not a known key"] },
        { "{ \"prices\": [{ \"models\": [], \"input\": 1, \"output\": 1 }] }", ["prices[0].models: names no models"] },
        { "{ \"prices\": [{ \"models\": \"m\", \"input\": 1, \"output\": 1, \"above\": [{ \"tokens\": 9, \"input\": 1, \"output\": 1 }, { \"tokens\": 9, \"input\": 1, \"output\": 1 }] }] }",
            ["prices[0].above[1].tokens: is 9, which is out of range. Write a number from 10"] },
        { "{ \"userLimits\": { \"requests\": 100001, \"dailyInputTokens\": -1, \"monthlyCostUsd\": 1.005, \"alertPercent\": 0 } }",
            ["userLimits.requests: is 100001, which is out of range", "userLimits.dailyInputTokens: is -1, which is out of range",
             "userLimits.monthlyCostUsd: is not an amount of US dollars", "userLimits.alertPercent: is 0, which is out of range"] },
        { "{ \"providers\": { \"p\": { \"program\": { \"mode\": \"agents\", \"permissionMode\": \"all\" } } } }",
            ["providers.p.program.permissionMode: is 'all', which is none of default, acceptEdits, plan, dontAsk, bypassPermissions",
             "providers.p.program.mode: is 'agents', which is none of client-tools, agent"] },
        { "{ \"providers\": { \"p\": { \"program\": { \"mode\": \"agent\", \"agentTurns\": 0 } } } }",
            ["providers.p.program.workingFolder: is missing", "providers.p.program.agentTurns: is 0, which is out of range"] },
        { "{ \"providers\": { \"p\": { \"program\": { \"mode\": \"agent\", \"workingFolder\": \"work\" } } } }",
            ["providers.p.program.workingFolder: is no absolute path"] },
        { "{ \"providers\": { \"p\": { \"program\": { \"profiles\": { \"a b\": { \"apiKeyEnv\": \"K\", \"oauthTokenEnv\": \"T\" } } } } } }",
            ["providers.p.program.profiles: has the account 'a b', whose name no header can carry", "providers.p.program.profiles.a b.oauthTokenEnv: stands beside apiKeyEnv"] },
        { "{ \"providers\": { \"p\": { \"program\": { \"mode\": \"agent\", \"workingFolder\": \"/srv/w\", \"profiles\": { \"a\": { \"workingFolder\": \"/srv/a\" } } } } } }",
            ["providers.p.program.profiles: gives 'a' a workingFolder, but in agent mode the tools work in the program's"] },
        { "{ \"providers\": { \"p\": { \"program\": { \"agentTurns\": 5 } } } }",
            ["providers.p.program.agentTurns: has no meaning where the tools are the clients'"] },
        { "{ \"stream\": { \"keepAliveSeconds\": \"10s\" } }",
            ["stream.keepAliveSeconds: is a text, not a number. Write a number such as 10"] },
        { "{ \"telemetry\": { \"otlpEndpoint\": \"http://127.0.0.1:4318?key=1\" } }",
            ["telemetry.otlpEndpoint: is not an http or https address without user name and query. Write for example http://127.0.0.1:4318"] },
        { "{ \"telemetry\": { \"otlpEndpoint\": \"localhost:4317\", \"serviceName\": \"\" } }",
            ["telemetry.otlpEndpoint: is not an http", "telemetry.serviceName: is empty"] },
        { "{ \"ledger\": { \"path\": \"/x\" } }", ["ledger.path: is not a known key"] },
        { "{ \"integration\": { \"fastModel\": \"claude-haiku-4-5\" } }", ["integration.fastModel: stands without defaultModel"] },
        { "{ \"integration\": { \"defaultModel\": \"two words\" } }",
            ["integration.defaultModel: is empty, longer than 256 characters, or has blanks in it"] },
        { "{ \"workspaces\": { \"privateHosts\": [\"http://a\", \"a/b\", \"u@a\", \"\", \"a:b\", \"a?b\"] } }",
            [.. Enumerable.Range(0, 6).Select(i => $"workspaces.privateHosts[{i}]: is not a host. Write a host such as llm.internal")] },
        { "{ \"workspaces\": { \"defaultModels\": { \"claude-cod\": \"x\", \"codex\": \"a b\", \"openai-codex\": \"a\", \"aider\": 3 } } }",
            ["workspaces.defaultModels.claude-cod: is no harness. Did you mean 'claude-code'?", "workspaces.defaultModels.codex: is longer than 256 characters or has blanks in it",
                "workspaces.defaultModels.aider: is a number, not a text"] },
        { "{ \"workspaces\": { \"codexRefresh\": { \"enabled\": 1, \"tokenUrl\": \"http://auth.example/token\", \"scope\": [], \"vendorSeconds\": 61, \"waitSeconds\": 0 } } }",
            ["workspaces.codexRefresh.enabled: is a number, not true or false", "workspaces.codexRefresh.tokenUrl: is no https address", "workspaces.codexRefresh.scope: is not a known key",
                "workspaces.codexRefresh.vendorSeconds: is 61", "workspaces.codexRefresh.waitSeconds: is 0"] },
        { "{ \"integration\": { \"model\": \"x\" } }", ["integration.model: is not a known key"] },
        { "{ \"providers\": [] }", ["providers: is a list, not a section of named entries"] },
        { "{ \"providers\": { \"a b\": { \"preset\": \"groq\" } } }", ["providers.a b: is not a usable name"] },
        { "{ \"providers\": { \"sim\": { \"preset\": \"groq\" } } }", ["providers.sim: is the name of the built-in simulated provider"] },
        { "{ \"providers\": { \"a\": { \"preset\": \"groq\" }, \"A\": { \"preset\": \"groq\" } } }", ["providers.A: stands twice"] },
        { "{ \"providers\": { \"a\": { \"preset\": \"antropic\" } } }",
            ["providers.a.preset: is 'antropic', which is no preset. Did you mean 'anthropic'?"] },
        { "{ \"providers\": { \"a\": { \"preset\": \"zzz\" } } }",
            ["providers.a.preset: is 'zzz', which is no preset. Write one of anthropic, openai"] },
        { "{ \"providers\": { \"a\": {} } }", ["providers.a.endpoints: is missing"] },
        { "{ \"providers\": { \"a\": { \"preset\": \"openai-compatible\" } } }", ["providers.a.endpoints: is missing"] },
        { "{ \"providers\": { \"a\": { \"preset\": \"groq\", \"endpoints\": {} } } }", ["providers.a.endpoints: is empty"] },
        { "{ \"providers\": { \"a\": { \"endpoints\": { \"openai\": \"https://a.example/v1\" } } } }",
            ["providers.a.endpoints.openai: is no dialect. Write one of anthropic, openai-chat, openai-responses"] },
        { "{ \"providers\": { \"a\": { \"endpoints\": { \"openai-chats\": \"https://a.example/v1\" } } } }",
            ["providers.a.endpoints.openai-chats: is no dialect. Did you mean 'openai-chat'?"] },
        { Endpoint("\"ftp://a.example\""), ["providers.a.endpoints.openai-chat: is not an http or https address"] },
        { Endpoint("\"https://key@a.example/v1\""), ["providers.a.endpoints.openai-chat: holds a user name or password"] },
        { Endpoint("\"https://a.example/v1?key=1\""), ["providers.a.endpoints.openai-chat: has a query or fragment"] },
        { Endpoint("\"http://a.example/v1\""), ["providers.a.endpoints.openai-chat: is not https"] },
        { OpenEndpoint("http://a.example/v1"), ["providers.a.endpoints.openai-chat: is not https, so keys and prompts would travel in clear. Use https; plain http goes to this machine alone"] },
        { OpenEndpoint("http://llm.internal:8000/v1"), ["providers.a.endpoints.openai-chat: is not https"] },
        { OpenEndpoint("http://10.1.2.3/v1"), ["providers.a.endpoints.openai-chat: is not https"] },
        { OpenEndpoint("http://[fd00::1]/v1"), ["providers.a.endpoints.openai-chat: is not https"] },
        { OpenEndpoint("http://0.0.0.0/v1"), ["providers.a.endpoints.openai-chat: is not https"] },
        { OpenEndpoint("http://localhost.example/v1"), ["providers.a.endpoints.openai-chat: is not https"] },
        { Endpoint("\"http://10.1.2.3/v1\""), ["providers.a.endpoints.openai-chat: is not https"] },
        { Endpoint("\"http://127.0.0.1:9001/v1\""),
            ["providers.a.endpoints.openai-chat: is in a private or loopback network. Set allowPrivateNetwork"] },
        { Endpoint("\"https://10.1.2.3/v1\""), ["providers.a.endpoints.openai-chat: is in a private or loopback network"] },
        { Endpoint("\"https://169.254.169.254/v1\""), ["providers.a.endpoints.openai-chat: is in a private or loopback network"] },
        { Endpoint("\"https://a.example/v1/chat/completions\""), ["providers.a.endpoints.openai-chat: ends with /chat/completions"] },
        { Endpoint("[]"), ["providers.a.endpoints.openai-chat: is a list, neither an address nor a section"] },
        { Endpoint("{ \"auth\": \"basic\" }"), ["providers.a.endpoints.openai-chat.url: is missing",
            "providers.a.endpoints.openai-chat.auth: is no auth style. Write one of bearer"] },
        { Endpoint("{ \"url\": \"https://a.example/v1\", \"token\": \"x\" }"),
            ["providers.a.endpoints.openai-chat.token: must not stand here"] },
        { "{ \"providers\": { \"a\": { \"endpoints\": { \"anthropic\": \"https://a.example/v1\" } } } }",
            ["providers.a.endpoints.anthropic: ends with /v1"] },
        { Provider("\"apiKeyEnv\": \"sk-ant-api03-secret\""), ["providers.a.apiKeyEnv: is not the name of an environment variable"] },
        { Provider("\"http2\": 1"), ["providers.a.http2: is a number, not true or false"] },
        { Provider("\"label\": 5"), ["providers.a.label: is a number, not a text"] },
        { Provider("\"headers\": { \"Authorization\": \"x\", \"Host\": \"y\", \"a b\": \"z\", \"x-n\": 1, \"x-nl\": \"a\\nb\" }"),
            ["providers.a.headers.Authorization: would carry a secret", "providers.a.headers.Host: is a header that Gatehouse sets",
                "providers.a.headers.a b: is not the name",
             "providers.a.headers.x-n: is a number", "providers.a.headers.x-nl: holds characters"] },
        { Provider("\"headers\": { \"x-a\": \"1\", \"X-A\": \"2\" }"), ["providers.a.headers.X-A: stands twice"] },
        { Provider("\"edits\": [\"no-stor\", \"no-store\", \"no-store\", \"no-effort\"]"),
            ["providers.a.edits[0]: is 'no-stor', which is no edit. Did you mean 'no-store'?",
                "providers.a.edits[2]: names 'no-store' a second time",
             "providers.a.edits[3]: is 'no-effort', which changes only anthropic"] },
        { Provider("\"deadlines\": { \"connectSeconds\": 0, \"idle\": 5 }"),
            ["providers.a.deadlines.connectSeconds: is 0, which is out of range. Write a number from 0.05 to 300",
                "providers.a.deadlines.idle: is not a known key"] },
        { Models("{ }"), ["models[0].match: is missing", "models[0].targets: names no provider"] },
        { Models("{ \"match\": \"x\", \"targets\": [] }"), ["models[0].targets: names no provider"] },
        { Models("{ \"match\": \"\", \"targets\": [{ \"provider\": \"a\" }] }"), ["models[0].match: is empty"] },
        { Models("{ \"match\": \"a b\", \"targets\": [{ \"provider\": \"a\" }] }"), ["models[0].match: holds white space"] },
        { Models("{ \"match\": \"sim/x\", \"targets\": [{ \"provider\": \"a\" }] }"), ["models[0].match: begins with sim/"] },
        { Models("{ \"match\": \"claude[1m]\", \"targets\": [{ \"provider\": \"a\" }] }"), ["models[0].match: ends with [1m]"] },
        { Models("{ \"match\": \"x\", \"targets\": [{ \"provider\": \"sim\" }] }"),
            ["models[0].targets[0].provider: is the simulated provider"] },
        { Models("{ \"match\": \"x\", \"targets\": [{ \"provider\": \"b\" }] }"),
            ["models[0].targets[0].provider: is 'b', which is no provider. Did you mean 'a'?"] },
        { Models("{ \"match\": \"x\", \"targets\": [{ \"provider\": \"openai\" }] }"),
            ["models[0].targets[0].provider: is 'openai', which is no provider. Add it under providers, or set OPENAI_API_KEY"] },
        { Models("{ \"match\": \"x\", \"targets\": [{ \"provider\": \"a\", \"dialect\": \"anthropic\" }] }"),
            ["models[0].targets[0].dialect: is anthropic, which 'a' does not speak"] },
        { Models("{ \"match\": \"x\", \"targets\": [{ \"provider\": \"a\", \"dialect\": \"klingon\", \"model\": \"y*\" }] }"),
            ["models[0].targets[0].dialect: is no dialect", "models[0].targets[0].model: has a *"] },
        { Models("{ \"match\": \"x\", \"targets\": [{ }] }"), ["models[0].targets[0].provider: is missing"] },
        { Models("{ \"match\": \"a*\", \"targets\": [{ \"provider\": \"a\" }] }, { \"match\": \"ab*c\", \"targets\": [{ \"provider\": \"a\" }] }"), ["models[1].match: is never reached: models[0].match ('a*') takes every such name first"] },
        { Models("{ \"match\": \"x\", \"targets\": [{ \"provider\": \"a\" }] }, { \"match\": \"x\", \"targets\": [{ \"provider\": \"a\" }] }"), ["models[1].match: is never reached"] },
    };

    [Theory, MemberData(nameof(Table))]
    public void A_bad_configuration_is_refused_with_all_its_faults(string text, string[] expected)
    {
        var faults = ConfigFixture.Faults(text);
        faults.Count.ShouldBe(expected.Length, string.Join('\n', faults));
        foreach (var start in expected) faults.ShouldContain(f => f.StartsWith(start, StringComparison.Ordinal), string.Join('\n', faults));
    }

    [Fact]
    public void Every_fault_of_every_section_comes_at_once_in_the_order_of_the_file()
    {
        var result = ConfigFixture.Load("""
            {
              "listen": "http://0.0.0.0:1",
              "limits": { "maxBodyBytes": 1 },
              "providers": {
                "a": { "preset": "nobody" },
                "b": { "preset": "groq", "apiKey": "gsk_secret" }
              },
              "models": [ { "match": "x", "targets": [ { "provider": "c" } ] } ],
              "stream": { "keepAlive": 1 }
            }
            """);
        result.Problems.Select(p => (p.Path, p.Line)).ShouldBe(
        [
            ("listen", 2), ("limits.maxBodyBytes", 3), ("providers.a.preset", 5), ("providers.b.apiKey", 6),
                ("models[0].targets[0].provider", 8),
            ("stream.keepAlive", 9),
        ]);
        result.Problems.ShouldAllBe(p => p.Fix.Length > 0);
    }

    [Theory]
    [InlineData("apiKey")]
    [InlineData("api_key")]
    [InlineData("token")]
    [InlineData("secret")]
    public void A_key_in_the_file_is_refused_with_advice_and_never_repeated(string name)
    {
        var fault = ConfigFixture.Faults(Provider($"\"{name}\": \"sk-canary-0123456789\"")).ShouldHaveSingleItem();
        fault.ShouldContain("apiKeyEnv");
        fault.ShouldContain("credential add");
        fault.ShouldNotContain("canary");
    }

    [Theory]
    [InlineData("\"apiKeyEnv\": \"sk-canary-0123456789\"")]
    [InlineData("\"headers\": { \"x-api-key\": \"sk-canary-0123456789\" }")]
    [InlineData("\"http2\": \"sk-canary-0123456789\"")]
    public void A_key_in_a_wrong_place_is_never_repeated(string member) =>
        ConfigFixture.Faults(Provider(member)).ShouldHaveSingleItem().ShouldNotContain("canary");

    [Fact]
    public void A_password_in_an_address_is_never_repeated() =>
        ConfigFixture.Faults(Endpoint("\"https://user:canary@a.example/v1\"")).ShouldHaveSingleItem().ShouldNotContain("canary");

    private static string Endpoint(string value) => $$"""{ "providers": { "a": { "endpoints": { "openai-chat": {{value}} } } } }""";

    private static string OpenEndpoint(string address) =>
        $$"""{ "providers": { "a": { "endpoints": { "openai-chat": "{{address}}" }, "allowPrivateNetwork": true } } }""";

    private static string Provider(string members) => $$"""{ "providers": { "a": { "preset": "groq", {{members}} } } }""";

    private static string Models(string rules) => $$"""{ "providers": { "a": { "preset": "groq" } }, "models": [ {{rules}} ] }""";
}
