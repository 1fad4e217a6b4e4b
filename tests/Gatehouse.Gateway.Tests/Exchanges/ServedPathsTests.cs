using Gatehouse.Gateway.Exchanges;

namespace Gatehouse.Gateway.Tests.Exchanges;

public sealed class ServedPathsTests
{
    [Theory]
    [InlineData("/v1/messages", true)]
    [InlineData("/v1/v1/messages", true)]
    [InlineData("/responses", true)]
    [InlineData("/openai/v1/chat/completions", true)]
    [InlineData("/v1/v1/v1/messages", false)]
    [InlineData("/api/v1/messages", false)]
    [InlineData("/v1/models", false)]
    public void Calls_are_taken_where_they_are_served(string path, bool taken) => ServedPaths.TakesCalls(path).ShouldBe(taken);
}
