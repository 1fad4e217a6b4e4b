using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Gatehouse.Callers;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Dialects;
using Gatehouse.Processes;

namespace Gatehouse.Smoke;

/// <summary><c>gatehouse smoke</c>: whether a caller gets through, in each dialect.</summary>
internal static class SmokeCommand
{
    private static readonly TimeSpan s_tokenLife = TimeSpan.FromMinutes(15);

    private static readonly Option<string?> s_provider = new("--provider")
    {
        Description = "The provider that shall answer. Otherwise the one that the model leads to.",
        HelpName = "NAME",
    };

    private static readonly Option<string?> s_model = new("--model")
    {
        Description = "The model to ask. Otherwise the configuration's default model, else sim/echo where the simulated provider runs, else the first that is listed.",
        HelpName = "NAME",
    };

    private static readonly Option<double> s_timeout = new("--timeout")
    {
        Description = "How long one call may take, in seconds.",
        HelpName = "SECONDS",
        CustomParser = Seconds,
        DefaultValueFactory = _ => 60,
    };

    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb(
        "smoke",
        "Call the gateway as agents do, in each dialect: a whole answer, the list of models, a count of tokens, a streamed answer, a tool call and its result, and the usage in the ledger. Uses the gateway that runs, or starts one for as long as it takes, with a simulated provider that needs no key. Exit code 1 when something fails.",
        "gatehouse smoke",
        "gatehouse smoke --provider anthropic --model claude-haiku-4-5     # costs a few hundred tokens",
        "gatehouse smoke --json | jq '.data.checks[] | select(.result == \"failed\")'") { s_provider, s_model, s_timeout, CommonOptions.Json }.Runs(RunAsync);

    private static async Task<Report> RunAsync(Invocation invocation)
    {
        using var signals = new StopSignals();
        var (opened, failure) = await SmokeGateway.OpenAsync(invocation, signals.Asked);
        if (opened is not { } gateway) return failure!;
        await using (gateway)
        {
            var edited = await gateway.Installation.Tokens.CreateAsync("smoke", expires: TimeProvider.System.GetUtcNow() + s_tokenLife, cancellation: signals.Asked);
            if (edited.Value is not { } token) return Report.Failed(new Problem(edited.Error!));
            try
            {
                return await SmokeAsync(gateway, token, invocation, signals.Asked);
            }
            finally
            {
                // Also when it was stopped: the token is of no use to anybody afterwards.
                await gateway.Installation.Tokens.RevokeAsync(token.Token.Id.ToString(), CancellationToken.None);
            }
        }
    }

    private static async Task<Report> SmokeAsync(SmokeGateway gateway, MintedToken token, Invocation invocation, CancellationToken cancellation)
    {
        var given = invocation.Parsed.GetValue(s_provider);
        var provider = given is null ? null : gateway.Providers.FirstOrDefault(name => string.Equals(name, given, StringComparison.OrdinalIgnoreCase));
        if (given is not null && provider is null)
            return Report.Misused([new Problem($"The gateway has no provider '{given}'.", $"It has: {string.Join(", ", gateway.Providers)}")]);
        var limit = TimeSpan.FromSeconds(invocation.Parsed.GetValue(s_timeout));
        using var http = LocalHttp.Open(gateway.Address, limit);
        var caller = new Caller(http, token.Text, limit);
        if (await new SmokeModel(gateway, caller).ChooseAsync(invocation.Parsed.GetValue(s_model), provider, cancellation) is not { } model)
            return Report.Misused([new Problem($"There is no model to ask: the gateway lists none{(provider is null ? "" : $" of provider '{provider}'")}.", "Name one with --model.")]);

        var results = new List<SmokeResult>();
        foreach (var dialect in CallerDialects.All)
            results.AddRange(await new DialectSmoke(caller, dialect, new LedgerRows(gateway.Installation.Store), model, provider).RunAsync(cancellation));
        return Shown(new SmokeView(gateway.Address, gateway.IsOwn, model, results));
    }

    private static Report Shown(SmokeView view)
    {
        if (view.IsGood) return Report.Done(view.Print, view.Write);
        var faults = view.Results.Where(result => result.Outcome == SmokeOutcome.Failed)
            .Select(result => new Problem($"{result.Dialect.Name()}, {result.Check}: {result.Detail}")).ToList();
        if (faults.Count == 0) faults.Add(new Problem($"No dialect is served for model '{view.Model}'."));
        return Report.Negative(view.Print, view.Write) with { Problems = faults };
    }

    private static double Seconds(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 3600) return seconds;
        result.AddError($"'{text}' is not a number of seconds between 0 and 3600.");
        return 0;
    }
}
