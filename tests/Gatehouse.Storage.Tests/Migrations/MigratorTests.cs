using Dapper;
using Gatehouse.Storage.Migrations;

namespace Gatehouse.Storage.Tests.Migrations;

public sealed class MigratorTests : IDisposable
{
    private static readonly Migration First = new("20260101-0000-first", "CREATE TABLE a (id BIGINT PRIMARY KEY)");
    private static readonly Migration Second =
        new("20260102-0000-second", "ALTER TABLE a ADD COLUMN note TEXT; CREATE TABLE b (id BIGINT PRIMARY KEY)");
    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    private Task<Store> OpenAsync(params Migration[] migrations) =>
        Store.OpenAsync(new StoreOptions { Directory = _temp.Path, Migrations = migrations });

    private static Task<List<string>> AppliedAsync(Store store) =>
        store.ReadAsync(c => c.Query<string>("SELECT name FROM schema_migrations ORDER BY applied_at, name").ToList());

    [Fact]
    public async Task Steps_are_applied_in_the_order_of_their_names_whatever_the_order_of_the_list()
    {
        await using var store = await OpenAsync(Second, First);
        (await AppliedAsync(store)).ShouldBe([First.Name, Second.Name]);
        (await store.ReadAsync(c => c.Query<string>("SELECT name FROM pragma_table_info('a')").ToList())).ShouldBe(["id", "note"]);
    }

    [Fact]
    public async Task Opening_again_applies_nothing_and_a_later_step_is_added()
    {
        await using (await OpenAsync(First))
        {
        }

        await using (var same = await OpenAsync(First)) (await AppliedAsync(same)).ShouldBe([First.Name]);
        await using var later = await OpenAsync(First, Second);
        (await AppliedAsync(later)).ShouldBe([First.Name, Second.Name]);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused_by_name_and_left_alone()
    {
        await using (await OpenAsync(First, Second))
        {
        }

        var refusal = await Should.ThrowAsync<StoreException>(OpenAsync(First));
        refusal.Failure.ShouldBe(StoreFailure.Newer);
        refusal.Message.ShouldContain(Second.Name);
        await using var store = await OpenAsync(First, Second);
        (await AppliedAsync(store)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_step_that_fails_takes_the_whole_upgrade_back()
    {
        await Should.ThrowAsync<Microsoft.Data.Sqlite.SqliteException>(
            OpenAsync(First, new Migration("20260103-0000-broken", "CREATE TABLE c (id BIGINT); CREATE NONSENSE")));
        await using var store = await OpenAsync(First);
        (await AppliedAsync(store)).ShouldBe([First.Name]);
    }

    [Fact]
    public async Task Several_openings_at_once_apply_each_step_once()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync(First, Second))).WaitAsync(TimeSpan.FromSeconds(10));
        (await AppliedAsync(stores[0])).Count.ShouldBe(2);
        foreach (var store in stores) await store.DisposeAsync();
    }

    [Fact]
    public async Task Two_steps_of_one_name_are_a_programming_error() =>
        await Should.ThrowAsync<ArgumentException>(OpenAsync(First, First));
}
