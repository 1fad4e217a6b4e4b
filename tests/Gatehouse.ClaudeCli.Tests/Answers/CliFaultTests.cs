using Gatehouse.ClaudeCli.Answers;

namespace Gatehouse.ClaudeCli.Tests.Answers;

public sealed class CliFaultTests
{
    [Theory]
    [InlineData(400L, "", 400, "invalid_request_error")]
    [InlineData(401L, "", 401, "authentication_error")]
    [InlineData(402L, "", 402, "billing_error")]
    [InlineData(403L, "", 403, "permission_error")]
    [InlineData(413L, "", 413, "request_too_large")]
    [InlineData(429L, "", 429, "rate_limit_error")]
    [InlineData(418L, "", 418, "invalid_request_error")]
    [InlineData(500L, "", 502, "api_error")]
    [InlineData(503L, "", 502, "api_error")]
    [InlineData(529L, "", 529, "overloaded_error")]
    // The program's status goes before what its words look like.
    [InlineData(429L, "Please run /login", 429, "rate_limit_error")]
    [InlineData(null, "Not logged in · Please run /login", 401, "authentication_error")]
    [InlineData(null, "You've hit your usage limit", 429, "rate_limit_error")]
    [InlineData(null, "Third-party apps now draw from your extra usage", 402, "billing_error")]
    [InlineData(null, "Overloaded", 529, "overloaded_error")]
    [InlineData(null, "Request timed out", 504, "timeout_error")]
    // A bare number in a text is no status.
    [InlineData(null, "Stopped after 4291 tokens", 502, "api_error")]
    [InlineData(null, "", 502, "api_error")]
    public void What_the_program_tells_is_the_vendors_error(long? told, string text, int status, string type)
    {
        var fault = CliFault.Said(told, text);
        (fault.Status, fault.Type).ShouldBe((status, type));
        fault.Message.ShouldContain(text);
    }

    [Fact]
    public void An_ended_program_is_told_with_its_last_words() => CliFault.Exited(1, "unknown option").Message.ShouldContain("unknown option");

    [Fact]
    public void That_it_does_not_run_as_root_is_told_with_what_helps() =>
        CliFault.Exited(1, "cannot be used with root/sudo privileges").Message.ShouldContain("another user");
}
