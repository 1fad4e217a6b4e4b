using System.IO.Pipes;
using Gatehouse.Gateway.Configuration;

namespace Gatehouse.Gateway.Tests.Configuration;

public sealed class ConfigLocationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_option_comes_before_the_variable_and_that_before_the_data_directory()
    {
        Write("gatehouse.json", 1);
        var inputs = ConfigFixture.Inputs(_folder.Path);
        Port(inputs).ShouldBe(1);
        inputs = inputs with { Environment = new Dictionary<string, string> { ["GATEHOUSE_CONFIG"] = Write("b.json", 2) } };
        Port(inputs).ShouldBe(2);
        Port(inputs with { File = Write("c.json", 3) }).ShouldBe(3);
    }

    [Fact]
    public void The_data_directorys_file_may_be_absent() => Port(ConfigFixture.Inputs(_folder.File("nowhere"))).ShouldBe(8484);

    [Fact]
    public void A_named_file_must_be_there()
    {
        var missing = _folder.File("missing.json");
        ConfigLoader.Load(ConfigFixture.Inputs(_folder.Path) with { File = missing }).Problems.ShouldHaveSingleItem().ToString()
            .ShouldBe($"configuration: {missing}, named by --config, is not there. Create it, or name another.");
        ConfigLoader.Load(ConfigFixture.Inputs(_folder.Path, new() { ["GATEHOUSE_CONFIG"] = missing })).Problems.ShouldHaveSingleItem().What
            .ShouldContain("named by GATEHOUSE_CONFIG");
    }

    [Fact]
    public void A_folder_in_place_of_the_file_is_said_to_be_unreadable() =>
        ConfigLoader.Load(ConfigFixture.Inputs(
            _folder.Path) with
        { File = _folder.Path }).Problems.ShouldHaveSingleItem().What.ShouldContain("can't be read");

    [Fact]
    public void A_pipe_in_place_of_the_file_is_said_to_be_one()
    {
        // As a shell puts it for <(command).
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        var file = $"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}";
        ConfigLoader.Load(ConfigFixture.Inputs(_folder.Path) with { File = file }).Problems.ShouldHaveSingleItem().What.ShouldContain("it is a pipe");
    }

    [Fact]
    public void A_file_that_is_much_too_large_is_not_read()
    {
        File.WriteAllText(_folder.File("gatehouse.json"), new string(' ', (1 << 20) + 1));
        ConfigLoader.Load(ConfigFixture.Inputs(_folder.Path)).Problems.ShouldHaveSingleItem().What.ShouldContain("larger than");
    }

    private static int Port(ConfigInputs inputs) => ConfigLoader.Load(inputs).Config.ShouldNotBeNull().Listen[0].Port;

    private string Write(string name, int port)
    {
        File.WriteAllText(_folder.File(name), $$"""{ "listen": "http://127.0.0.1:{{port}}" }""");
        return _folder.File(name);
    }
}
