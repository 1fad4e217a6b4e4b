namespace Gatehouse.Storage.Tests;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task A_new_directory_and_its_files_are_for_their_owner_alone()
    {
        var directory = _temp.File("a/b");
        await using (var store = await Store.OpenAsync(new StoreOptions { Directory = directory, Migrations = [] }))
        {
            File.GetUnixFileMode(directory).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (var file in Directory.GetFiles(directory))
                File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }

        DataDirectory.IsOpenToOthers(directory).ShouldBeFalse();
        File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) | UnixFileMode.OtherRead);
        DataDirectory.IsOpenToOthers(directory).ShouldBeTrue();
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void A_folder_of_the_owner_s_alone_is_closed_to_others_and_one_that_is_there_keeps_its_mode()
    {
        var shared = Directory.CreateDirectory(_temp.File("shared")).FullName;
        var before = File.GetUnixFileMode(shared);
        DataDirectory.CreatePrivate(_temp.File("shared/own"));
        DataDirectory.CreatePrivate(shared);
        File.GetUnixFileMode(_temp.File("shared/own")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetUnixFileMode(shared).ShouldBe(before);
    }

    [Fact]
    public void A_file_in_its_place_is_named_as_the_fault()
    {
        File.WriteAllText(_temp.File("taken"), "");
        var refusal = Should.Throw<StoreException>(() => DataDirectory.Create(_temp.File("taken")));
        refusal.Failure.ShouldBe(StoreFailure.NotWritable);
        refusal.Message.ShouldContain("is a file");
    }

    [Fact]
    public void A_directory_that_cannot_be_written_is_named_as_the_fault()
    {
        // Nothing can be created below /proc, not even by root.
        var refusal = Should.Throw<StoreException>(() => DataDirectory.Create("/proc/gatehouse"));
        refusal.Failure.ShouldBe(StoreFailure.NotWritable);
        refusal.Message.ShouldContain("--data-dir");
    }

    [Fact]
    public void A_full_disk_is_told_from_other_faults()
    {
        // /dev/full answers every write with ENOSPC.
        var full = Should.Throw<IOException>(() =>
        {
            using var stream = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            stream.WriteByte(1);
            stream.Flush();
        });
        DataDirectory.Named("/x", full).Failure.ShouldBe(StoreFailure.Full);
        DataDirectory.Named("/x", new IOException("other")).Failure.ShouldBe(StoreFailure.NotWritable);
    }

    [Fact]
    public void Why_it_can_not_be_written_is_told_without_the_file_that_it_was_tried_with()
    {
        DataDirectory.Named("/x", new IOException("Read-only file system : '/x/.probe-1'")).Message
            .ShouldBe("/x cannot be written: Read-only file system. Name another directory with --data-dir.");
        DataDirectory.Named("/x", new UnauthorizedAccessException("Access to the path '/x/.probe-1' is denied.")).Message
            .ShouldBe("/x cannot be written: this user may not. Name another directory with --data-dir.");
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named_as_damaged()
    {
        File.WriteAllText(_temp.File("gatehouse.db"), new string('x', 4096));
        var refusal =
            await Should.ThrowAsync<StoreException>(Store.OpenAsync(new StoreOptions { Directory = _temp.Path, Migrations = [] }));
        refusal.Failure.ShouldBe(StoreFailure.Damaged);
    }

    [Fact]
    public void What_the_person_chose_wins() => DataDirectory.Resolve("/somewhere/else").ShouldBe("/somewhere/else");

    [Fact]
    public void The_lock_is_held_by_one_and_says_who_and_where()
    {
        DirectoryLock.Holder(_temp.Path).ShouldBeNull();
        var held = DirectoryLock.TryTake(_temp.Path).ShouldNotBeNull();
        DirectoryLock.TryTake(_temp.Path).ShouldBeNull();
        DirectoryLock.Holder(_temp.Path).ShouldBe(new DirectoryHolder(Environment.ProcessId, null));
        held.Announce("http://127.0.0.1:8484");
        DirectoryLock.Holder(_temp.Path).ShouldBe(new DirectoryHolder(Environment.ProcessId, "http://127.0.0.1:8484"));
        held.Dispose();
        held.Dispose();
        DirectoryLock.Holder(_temp.Path).ShouldBeNull();
        using var again = DirectoryLock.TryTake(_temp.Path).ShouldNotBeNull();
    }

    [Fact]
    public void A_lock_that_cannot_be_announced_is_given_back_at_once()
    {
        var inTheWay = Directory.CreateDirectory(_temp.File("serve.holder"));
        Should.Throw<StoreException>(() => DirectoryLock.TryTake(_temp.Path)).Failure.ShouldBe(StoreFailure.NotWritable);
        inTheWay.Delete();
        using var again = DirectoryLock.TryTake(_temp.Path).ShouldNotBeNull();
    }

    [Fact]
    public void A_lock_can_be_given_back_after_the_directory_went_away()
    {
        var held = DirectoryLock.TryTake(_temp.File("gone")).ShouldNotBeNull();
        Directory.Delete(_temp.File("gone"), recursive: true);
        held.Dispose();
        using var again = DirectoryLock.TryTake(_temp.File("gone")).ShouldNotBeNull();
    }
}
