using System.Text;
using Gatehouse.ClaudeCli.Requests;

namespace Gatehouse.ClaudeCli.Tests.Requests;

public sealed class CliLossesTests
{
    [Fact]
    public void Each_loss_stands_on_the_programs_page()
    {
        const string body = """
            {"model":"opus","max_tokens":5,"temperature":0.5,"top_p":1,"top_k":1,"stop_sequences":["x"],"service_tier":"auto","container":"c","context_management":{},
             "mcp_servers":[],"inference_geo":"eu","frobnicate":1,"tool_choice":{"type":"any"},"system":[{"type":"text","text":"x-anthropic-billing-header: a=b"}],
             "tools":[{"type":"web_search_20250305","name":"web_search"}],"messages":[{"role":"system","content":"note"},{"role":"user","content":"hi"}]}
            """;
        var losses = CliRequest.Read(Encoding.UTF8.GetBytes(body), out _)!.Losses;
        losses.Count.ShouldBe(14);
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "claude-program.md"));
        foreach (var loss in losses) page.ShouldContain($"`{loss}`");
        CliLosses.Ids(losses).ShouldBe(string.Join(',', losses.Select(loss => $"claude-program.{loss}")));
        CliLosses.Ids([]).ShouldBeNull();
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gatehouse.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
