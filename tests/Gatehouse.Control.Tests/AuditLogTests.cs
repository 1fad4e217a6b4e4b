using Gatehouse.Gateway.Tenancy;
using static Gatehouse.Control.Tests.TenantFixture;

namespace Gatehouse.Control.Tests;

public sealed class AuditLogTests : IAsyncLifetime
{
    private TenantFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await TenantFixture.CreateAsync();

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task A_change_says_who_did_what_to_what_when_and_from_where()
    {
        _fixture.Store.Clock.Move(TimeSpan.FromMinutes(3));
        var made = Ok(await _fixture.Editors.Credentials.AddAsync(_fixture.Ann, TenantFixture.Key()));

        var line = (await FindAsync(_fixture.Admin))[0];

        (line.At, line.Actor, line.TokenId, line.Action, line.Subject, line.OwnerId, line.Address).ShouldBe(
            (_fixture.Store.Clock.GetUtcNow(), "ann", _fixture.Ann.TokenId, "credential.add", $"credential:{made.Id}", "ann", "192.0.2.2"));
        line.Detail.ShouldBe("""{"name":"key","kind":"api-key"}""");
    }

    [Fact]
    public async Task What_was_refused_has_no_line()
    {
        var before = (await FindAsync(_fixture.Admin)).Count;

        await _fixture.Editors.Users.AddAsync(_fixture.Admin, "ann");
        await _fixture.Editors.Users.AddAsync(_fixture.Bob, "eve");
        await _fixture.Editors.Projects.RemoveAsync(_fixture.Bob, "project-of-ann");
        await _fixture.Editors.Attachments.DisconnectAsync(_fixture.Ann, "claude-code");
        await _fixture.Editors.Settings.SetProxyEnabledAsync(_fixture.Ann, false);

        (await FindAsync(_fixture.Admin)).Count.ShouldBe(before);
    }

    [Fact]
    public async Task Members_read_what_they_did_and_what_was_done_to_what_is_theirs()
    {
        _fixture.Store.Clock.Move(TimeSpan.FromSeconds(1));
        Ok(await _fixture.Editors.Projects.UpdateAsync(_fixture.Admin, "project-of-ann", new ProjectChange { Name = "hers" }));
        _fixture.Store.Clock.Move(TimeSpan.FromSeconds(1));
        Ok(await _fixture.Editors.Projects.AddAsync(_fixture.Bob, "his"));
        Ok(await _fixture.Editors.Settings.SetProxyEnabledAsync(_fixture.Admin, true));

        var lines = await FindAsync(_fixture.Ann, new AuditQuery(Reader: "bob"));

        lines.ShouldAllBe(line => line.OwnerId == "ann");
        lines.Select(line => line.Action).ShouldBe(["project.update", "project.add", "user.add"], ignoreOrder: true);
        lines[0].Action.ShouldBe("project.update");
        (await FindAsync(_fixture.Bob))[0].Action.ShouldBe("project.add");
    }

    [Fact]
    public async Task Lines_are_found_by_actor_subject_action_and_time_and_read_in_pages()
    {
        var start = _fixture.Store.Clock.GetUtcNow();
        for (var i = 0; i < 5; i++)
        {
            _fixture.Store.Clock.Move(TimeSpan.FromSeconds(1));
            Ok(await _fixture.Editors.Projects.AddAsync(_fixture.Ann, $"project {i}", id: $"p{i}"));
        }

        (await FindAsync(_fixture.Admin, new AuditQuery(Actor: "ann"))).Count.ShouldBe(5);
        (await FindAsync(_fixture.Admin, new AuditQuery(Subject: "project:p3"))).ShouldHaveSingleItem();
        (await FindAsync(_fixture.Admin, new AuditQuery(Action: "project."))).Count.ShouldBe(7);
        (await FindAsync(_fixture.Admin, new AuditQuery(Action: "project"))).ShouldBeEmpty();
        (await FindAsync(_fixture.Admin, new AuditQuery(Since: start.AddSeconds(2), Until: start.AddSeconds(4)))).Select(line => line.Subject)
            .ShouldBe(["project:p2", "project:p1"]);
        var page = await FindAsync(_fixture.Admin, new AuditQuery(Actor: "ann", Limit: 2));
        (await FindAsync(_fixture.Admin, new AuditQuery(Actor: "ann", Limit: 2, Before: page[^1].Id))).Select(line => line.Subject)
            .ShouldBe(["project:p2", "project:p1"]);
    }

    [Theory]
    [InlineData("UPDATE audit_log SET actor = 'someone else'")]
    [InlineData("UPDATE audit_log SET detail = '{}' WHERE subject = 'user:ann'")]
    [InlineData("DELETE FROM audit_log")]
    [InlineData("DELETE FROM audit_log WHERE actor = 'local'")]
    [InlineData("REPLACE INTO audit_log SELECT id, 0, 'someone else', NULL, 'nothing', 'nothing', NULL, NULL, '{}' FROM audit_log LIMIT 1")]
    [InlineData("INSERT OR REPLACE INTO audit_log SELECT id, at, 'someone else', token_id, action, subject, owner_id, address, detail FROM audit_log")]
    public async Task The_database_itself_refuses_to_change_or_remove_a_line(string sql)
    {
        var before = await FindAsync(_fixture.Admin);

        var refused = await Should.ThrowAsync<Exception>(() => _fixture.Store.Store.WriteAsync((connection, transaction) =>
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own words.
            command.CommandText = sql;
#pragma warning restore CA2100
            command.Transaction = transaction;
            return command.ExecuteNonQuery();
        }));

        refused.ToString().ShouldContain("the audit log is append-only");
        before.ShouldNotBeEmpty();
        (await FindAsync(_fixture.Admin)).ShouldBe(before);
    }

    private Task<IReadOnlyList<AuditEntry>> FindAsync(Actor actor, AuditQuery? query = null) =>
        _fixture.Editors.Audit.FindAsync(actor, query ?? new AuditQuery());
}
