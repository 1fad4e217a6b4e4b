using Gatehouse.Gateway.Exchanges;
using Gatehouse.Logs;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Tests.Logs;

public sealed class LineLoggingTests
{
    [Fact]
    public void A_stream_broken_off_on_purpose_is_not_told_as_a_crash()
    {
        Logged("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error, "unhandled", new BrokenStreamException()).ShouldBeEmpty();
        Logged("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error, "unhandled", new InvalidOperationException("odd"))
            .ShouldContain("InvalidOperationException: odd");
    }

    [Fact]
    public void The_frameworks_own_information_is_left_out()
    {
        Logged("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Information, "GET /path?key=1").ShouldBeEmpty();
        Logged("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning, "odd").ShouldNotBeEmpty();
        Logged("Gatehouse.Gateway.Server.GatewayServer", LogLevel.Information, "ready").ShouldContain("info  GatewayServer: ready");
        Logged("Gatehouse.Gateway.Server.GatewayServer", LogLevel.Debug, "detail").ShouldBeEmpty();
    }

    [Fact]
    public void What_a_peer_put_into_a_message_cannot_make_a_line_of_its_own()
    {
        var line = Logged("Any", LogLevel.Warning, "model 'x\r\n2026-01-01 error Forged: line\e[31m'", new IOException("two\nlines"));
        line.TrimEnd().Split('\n').Length.ShouldBe(1);
        line.ShouldNotContain("\e");
    }

    private static string Logged(string category, LogLevel level, string message, Exception? exception = null)
    {
        using var output = new StringWriter();
        using var logging = new LineLogging(output, LogLevel.Information, TimeProvider.System);
        logging.CreateLogger(category).Log(level, default, message, exception, (text, _) => text);
        return output.ToString();
    }
}
