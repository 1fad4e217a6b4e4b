using System.Text;
using Gatehouse.Gateway.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Server;

public sealed class RequestDispatcherTests
{
    [Theory]
    [InlineData("/v1/messages", "{\"type\":\"error\",\"error\":{\"type\":\"api_error\"")]
    [InlineData("/v1/responses", "{\"error\":{\"message\":")]
    public async Task A_fault_that_no_part_caught_is_answered_in_the_callers_dialect(string path, string begins)
    {
        var dispatcher = new RequestDispatcher(
            null!, () =>
                throw new InvalidOperationException("a secret reason"), null!, null!, null!, null!, NullLogger<RequestDispatcher>.Instance);
        var http = new DefaultHttpContext { Response = { Body = new MemoryStream() }, Request = { Path = path, Method = "POST" } };

        await dispatcher.HandleAsync(http);

        http.Response.StatusCode.ShouldBe(500);
        var body = Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());
        body.ShouldStartWith(begins);
        body.ShouldNotContain("secret");
    }
}
