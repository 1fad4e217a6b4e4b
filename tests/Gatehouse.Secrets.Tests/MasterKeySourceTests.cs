using System.Runtime.Versioning;

namespace Gatehouse.Secrets.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class MasterKeySourceTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_start_makes_a_file_that_only_its_owner_may_read()
    {
        var made = new List<string>();
        var source = Source();
        source = source with { MakeFolder = source.MakeFolder + made.Add };
        var first = source.Load(mayCreate: true);
        var second = source.Load(mayCreate: true);

        first.Error.ShouldBeNull();
        first.Created.ShouldBeTrue();
        first.Origin.ShouldBe(KeyFile);
        File.GetUnixFileMode(KeyFile).ShouldBe(OwnerOnly);
        made.ShouldBe([Path.GetDirectoryName(KeyFile)!], "its folder is made by who was handed in, and once");
        Directory.GetFiles(Path.GetDirectoryName(KeyFile)!).ShouldBe([KeyFile]);
        second.Created.ShouldBeFalse();
        second.Key!.Export().ShouldBe(first.Key!.Export());
    }

    [Fact]
    public void Starts_at_the_same_time_agree_on_one_key()
    {
        var results = new MasterKeyResult[4];
        for (var round = 0; round < 300; round++)
        {
            if (File.Exists(KeyFile)) File.Delete(KeyFile);
            using var start = new Barrier(results.Length);
            var threads = results.Select((_, i) => new Thread(() =>
            {
                start.SignalAndWait();
                results[i] = Source().Load(mayCreate: true);
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());

            results.Select(result => result.Key!.Export()).Distinct().ShouldHaveSingleItem();
            results.Count(result => result.Created).ShouldBe(1);
        }
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherExecute)]
    public void A_file_open_to_others_is_refused_with_the_fix(UnixFileMode extra)
    {
        var text = Source().Load(mayCreate: true).Key!.Export();
        File.SetUnixFileMode(KeyFile, OwnerOnly | extra);

        var refused = Source().Load(mayCreate: true);

        refused.Key.ShouldBeNull();
        refused.Error!.ShouldContain($"chmod 600 '{KeyFile}'");
        refused.Error!.ShouldNotContain(text);
    }

    [Fact]
    public void A_file_that_may_not_even_be_written_by_its_owner_is_fine()
    {
        Source().Load(mayCreate: true);
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead);

        Source().Load(mayCreate: false).Error.ShouldBeNull();
    }

    [Fact]
    public void A_data_directory_that_contains_the_key_is_refused()
    {
        foreach (var data in new[] { _folder.Path, _folder["config"], _folder["config"] + "/", _folder["config/../config/gatehouse"] })
        {
            var refused = (Source() with { DataDirectory = data }).Load(mayCreate: true);
            refused.Key.ShouldBeNull();
            refused.Error!.ShouldContain("inside the data directory");
        }
        File.Exists(KeyFile).ShouldBeFalse();
        (Source() with { DataDirectory = _folder["conf"] }).Load(mayCreate: true).Error.ShouldBeNull();
    }

    [Fact]
    public void A_link_does_not_hide_that_the_key_is_inside()
    {
        Directory.CreateDirectory(_folder["data/keys"]);
        Directory.CreateSymbolicLink(_folder["hop"], _folder["data"]);
        Directory.CreateSymbolicLink(_folder["elsewhere"], _folder["hop/keys"]);

        var linked = Source() with { FilePath = _folder["elsewhere/master.key"] };
        var other = Source() with { FilePath = _folder["data/keys/master.key"], DataDirectory = _folder["hop"] };

        linked.Load(mayCreate: true).Error!.ShouldContain("inside the data directory");
        other.Load(mayCreate: true).Error!.ShouldContain("inside the data directory");
    }

    [Fact]
    public void The_variable_goes_first_and_touches_no_file()
    {
        var key = MasterKey.Generate();
        _environment[MasterKeySource.Variable] = key.Export();

        var loaded = Source().Load(mayCreate: true);

        loaded.Key!.Export().ShouldBe(key.Export());
        loaded.Origin.ShouldBe("GATEHOUSE_MASTER_KEY");
        File.Exists(KeyFile).ShouldBeFalse();
    }

    [Fact]
    public void A_variable_that_is_no_key_is_an_error_that_does_not_show_it()
    {
        _environment[MasterKeySource.Variable] = "canary-7fQ2vX9";

        var refused = Source().Load(mayCreate: true);

        refused.Key.ShouldBeNull();
        refused.Error!.ShouldContain("GATEHOUSE_MASTER_KEY");
        refused.Error!.ShouldNotContain("canary");
        File.Exists(KeyFile).ShouldBeFalse();
    }

    [Fact]
    public void A_key_that_is_gone_is_not_made_anew_once_something_was_sealed()
    {
        var refused = Source().Load(mayCreate: false);

        refused.Key.ShouldBeNull();
        refused.Error!.ShouldContain("does not exist");
        File.Exists(KeyFile).ShouldBeFalse();
    }

    [Fact]
    public void A_file_without_a_key_is_refused_and_kept()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(KeyFile)!);
        File.WriteAllText(KeyFile, "canary-7fQ2vX9");
        File.SetUnixFileMode(KeyFile, OwnerOnly);

        var refused = Source().Load(mayCreate: true);

        refused.Error!.ShouldContain("does not hold a key");
        refused.Error!.ShouldNotContain("canary");
        File.ReadAllText(KeyFile).ShouldBe("canary-7fQ2vX9");
    }

    [Fact]
    public void A_place_that_can_not_be_written_is_told()
    {
        File.WriteAllText(_folder["file"], "");

        (Source() with { FilePath = _folder["file/master.key"] }).Load(mayCreate: true).Error!.ShouldContain("can't be used");
    }

    [Fact]
    public void The_usual_place_follows_the_xdg_directories()
    {
        _environment["HOME"] = _folder["home"];
        MasterKeySource.DefaultFilePath(Read).ShouldBe(_folder["home/.config/gatehouse/master.key"]);
        _environment["XDG_CONFIG_HOME"] = "relative";
        MasterKeySource.DefaultFilePath(Read).ShouldBe(_folder["home/.config/gatehouse/master.key"]);
        _environment["XDG_CONFIG_HOME"] = _folder["xdg"];
        MasterKeySource.DefaultFilePath(Read).ShouldBe(_folder["xdg/gatehouse/master.key"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("here")]
    public void A_home_that_is_no_place_does_not_put_the_key_where_the_command_is_run(string home)
    {
        _environment["HOME"] = home;
        Path.IsPathRooted(MasterKeySource.DefaultFilePath(Read)).ShouldBeTrue();
    }

    private string KeyFile => _folder["config/gatehouse/master.key"];

    private MasterKeySource Source() => new(Read, KeyFile, _folder["data"], folder => Directory.CreateDirectory(folder));

    private string? Read(string variable) => _environment.GetValueOrDefault(variable);
}
