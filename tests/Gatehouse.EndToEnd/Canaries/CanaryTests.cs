using System.Text.Json;
using Gatehouse.Gateway.Tests.Canary;

namespace Gatehouse.EndToEnd.Canaries;

/// <summary>No secret comes to light in what the real program says, answers, writes down or hands on, whatever happens around it.</summary>
public class CanaryTests
{
    [Theory]
    [InlineData]
    [InlineData("--verbose")]
    public async Task Traffic_and_commands_keep_every_secret(params string[] options)
    {
        await using var installation = await PlantedInstallation.MakeAsync();
        await using (var server = await installation.ServeAsync(options))
        {
            var second = await installation.CreateTokenAsync();
            await server.CallAsync(server.Token);
            await server.CallAsync(second);
            await server.AskAsync();
            foreach (var command in (string[])[
                "status", "usage", "usage --by token", "token list", "credential list", "config check", "presets"])
            {
                await installation.RunAsync(command.Split(' '));
                await installation.RunAsync([.. command.Split(' '), "--json"]);
            }
            // No other program gets the environment, which holds keys, for there is none.
            var state = await installation.RunAsync(["status", "--json"]);
            var id = JsonDocument.Parse(state.Output).RootElement.GetProperty("data").GetProperty("server").GetProperty("pid").GetInt32();
            foreach (var thread in Directory.GetDirectories($"/proc/{id}/task"))
                (await File.ReadAllTextAsync($"{thread}/children")).ShouldBeEmpty("the server starts no program");
            installation.BreakConfiguration();
            (await installation.RunAsync(["config", "check"])).Code.ShouldBe(2);
            await installation.RunAsync(["token", "revoke", "client"]);
            await server.CallAsync(second);
            installation.TakeFiles();
            (await server.SignalAsync("TERM")).ShouldBe(0, server.Story);
        }
        await installation.RunAsync(["usage", "--json"]);
        await installation.RunAsync(["demo"]);
        installation.TakeFiles();
        installation.ShouldHaveKeptItsSecrets();
        installation.SessionSeen().ShouldContain(Place.Files, "what is kept on purpose is found");
    }
}
