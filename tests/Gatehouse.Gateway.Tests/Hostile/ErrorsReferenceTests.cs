using System.Globalization;
using Gatehouse.Dialects.Envelope;
using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Tests.Hostile;

/// <summary>Holds docs/reference/errors.md to the code: every word and status that a caller or the ledger can get stands there.</summary>
public sealed partial class ErrorsReferenceTests
{
    private static readonly string s_page = File.ReadAllText(PagePath());

    [Fact]
    public void Every_failure_of_a_provider_stands_in_the_page()
    {
        foreach (var fault in Enum.GetValues<UpstreamFault>().Where(f => f is not (UpstreamFault.None or UpstreamFault.Cancelled)))
        {
            Stands(UpstreamFailure.Of(new UpstreamOutcome(null, fault, null), "up"));
        }

        RelayEnd[] ends = [RelayEnd.UpstreamBroke, RelayEnd.NoTerminal, RelayEnd.IdleTimeout, RelayEnd.TotalTimeout];
        foreach (var end in ends) Stands(UpstreamFailure.Of(end, "up"));
        Stands(UpstreamFailure.WebPage(200, "up"));
    }

    /// <summary>Translations and the exchange itself have words of their own; they stand in the sources as they are sent.</summary>
    [Fact]
    public void Every_word_for_a_broken_answer_stands_in_the_page()
    {
        var root = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(PagePath())))!;
        var words = new[] { Path.Combine("Gatehouse.Dialects", "Translation"), Path.Combine("Gatehouse.Gateway", "Exchanges") }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, "src", folder), "*.cs", SearchOption.AllDirectories))
            .SelectMany(static file => Word().Matches(File.ReadAllText(file)).Select(static match => match.Groups[1].Value)).Distinct().ToList();
        words.Count.ShouldBeGreaterThan(8);
        foreach (var word in words) s_page.ShouldContain($"`{word}`");
    }

    [System.Text.RegularExpressions.GeneratedRegex("\"(upstream_[a-z]+(?:_[a-z]+)*|token_ended|client_stalled|no_summary|not_translatable)\"(?!u8)")]
    private static partial System.Text.RegularExpressions.Regex Word();

    [Fact]
    public void Every_kind_of_error_that_is_ours_stands_in_the_page()
    {
        // Overload is the providers' own so far.
        foreach (var kind in Enum.GetValues<ErrorKind>().Where(k => k is not ErrorKind.Overloaded))
        {
            s_page.ShouldContain($"| {new DialectError(kind, "x").Status.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    [Fact]
    public void Every_limit_stands_in_the_page()
    {
        foreach (var kind in Enum.GetValues<LimitKind>())
        {
            var error = LimitErrors.Of(new LimitRefusal(kind, 1, 0, 1, 1, DateTimeOffset.UnixEpoch), Dialects.Dialect.OpenAiResponses, DateTimeOffset.UnixEpoch);
            s_page.ShouldContain($"| 6 | `{LimitErrors.Word(kind)}` |");
            s_page.ShouldContain($"| {error.Status.ToString(CultureInfo.InvariantCulture)} |");
            error.Message.ShouldEndWith(".");
        }
    }

    [Fact]
    public void Every_fault_of_a_body_is_an_invalid_request_in_words()
    {
        foreach (var fault in Enum.GetValues<EnvelopeFault>().Where(f => f != EnvelopeFault.None))
        {
            var error = EnvelopeErrors.Of(new RequestEnvelope { Fault = fault, FaultKey = "model" }, ExchangeOperation.Messages)
                .ShouldNotBeNull();
            error.Kind.ShouldBe(ErrorKind.InvalidRequest);
            error.Message.ShouldEndWith(".");
        }
    }

    private static void Stands(UpstreamFailure failure)
    {
        s_page.ShouldContain($"`{failure.Type}`");
        s_page.ShouldContain($"`{failure.Error.Code}`");
        s_page.ShouldContain($"| {failure.Error.Status.ToString(CultureInfo.InvariantCulture)} |");
    }

    internal static string PagePath()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gatehouse.slnx")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        }

        return Path.Combine(folder.FullName, "docs", "reference", "errors.md");
    }
}
