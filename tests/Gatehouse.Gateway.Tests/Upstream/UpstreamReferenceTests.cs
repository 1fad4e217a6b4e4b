using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Tests.Upstream;

public sealed class UpstreamReferenceTests
{
    [Fact]
    public void The_reference_lists_every_header_that_is_kept_back()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gatehouse.slnx"))) folder = folder.Parent!;
        var page = File.ReadAllText(Path.Combine(folder.FullName, "docs", "reference", "upstream.md"));

        foreach (var name in HeaderRules.RequestNames.Concat(HeaderRules.ResponseNames)) page.ShouldContain($"`{name}`");
    }
}
