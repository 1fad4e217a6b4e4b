using Gatehouse.Gateway.Credentials;

namespace Gatehouse.Gateway.Tests.Credentials;

public sealed class CredentialResolverTests
{
    public static TheoryData<Attached, Attached> Matrix
    {
        get
        {
            var matrix = new TheoryData<Attached, Attached>();
            foreach (var project in Enum.GetValues<Attached>())
            {
                foreach (var user in Enum.GetValues<Attached>()) matrix.Add(project, user);
            }
            return matrix;
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void A_project_goes_before_a_user_and_stops_when_it_does_not_work(Attached project, Attached user)
    {
        var rows = new AttachedRows().Add("project", AttachedRows.Project, project).Add("user", null, user);

        var resolved = rows.Resolver.Resolve(AttachedRows.User, AttachedRows.Project, AttachedRows.Harness);

        var (source, reason, place, platform) = Expected(project, user);
        resolved.Source.ShouldBe(source);
        resolved.Reason.ShouldBe(reason);
        resolved.IsPlatform.ShouldBe(platform);
        resolved.Attachment?.Id.ShouldBe($"{place}-a");
        resolved.Credential?.Id.ShouldBe($"{place}-k");
        (resolved.Credential is not null).ShouldBe(source is CredentialSource.ProjectAttachment or CredentialSource.UserAttachment && !platform);
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Outside_the_project_only_the_user_counts(Attached project, Attached user)
    {
        var rows = new AttachedRows().Add("project", AttachedRows.Project, project).Add("user", null, user);

        foreach (var elsewhere in (string?[])[null, "another project"])
        {
            var resolved = rows.Resolver.Resolve(AttachedRows.User, elsewhere, AttachedRows.Harness);
            var (source, reason, _, platform) = Expected(Attached.None, user);
            (resolved.Source, resolved.Reason, resolved.IsPlatform).ShouldBe((source, reason, platform));
        }
    }

    [Fact]
    public void Another_users_or_another_harnesss_attachment_does_not_count()
    {
        var rows = new AttachedRows().Add("project", AttachedRows.Project, Attached.Good).Add("user", null, Attached.Good);

        rows.Resolver.Resolve("bob", null, AttachedRows.Harness).Source.ShouldBe(CredentialSource.Platform);
        rows.Resolver.Resolve(AttachedRows.User, AttachedRows.Project, "claude-code").Source.ShouldBe(CredentialSource.Platform);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Of_several_attachments_in_one_place_the_active_one_counts(bool firstActive, bool secondActive)
    {
        var rows = new AttachedRows().Add("first", AttachedRows.Project, Attached.Good).Add("second", AttachedRows.Project, Attached.Good);
        rows.Attachments[0] = rows.Attachments[0] with { IsActive = firstActive };
        rows.Attachments[1] = rows.Attachments[1] with { IsActive = secondActive };

        var resolved = rows.Resolver.Resolve(AttachedRows.User, AttachedRows.Project, AttachedRows.Harness);

        resolved.Source.ShouldBe(CredentialSource.ProjectAttachment);
        resolved.Credential!.Id.ShouldBe(firstActive ? "first-k" : "second-k");
    }

    [Fact]
    public void Of_several_active_attachments_the_newest_counts()
    {
        var rows = new AttachedRows().Add("old", null, Attached.Good).Add("new", null, Attached.Good);

        rows.Resolver.Resolve(AttachedRows.User, null, AttachedRows.Harness).Credential!.Id.ShouldBe("new-k");
    }

    [Fact]
    public void A_bad_row_harms_only_what_it_is_attached_to()
    {
        var rows = new AttachedRows().Add("project", AttachedRows.Project, Attached.CredentialUnreadable).Add("user", null, Attached.Good);

        rows.Resolver.Resolve(AttachedRows.User, AttachedRows.Project, AttachedRows.Harness).Source.ShouldBe(CredentialSource.Halted);
        rows.Resolver.Resolve(AttachedRows.User, null, AttachedRows.Harness).Credential!.Secret!.Reveal().ShouldBe(AttachedRows.Key);
    }

    // The oracle: written as a table of words, so that it shares no thought with the resolver.
    private static (CredentialSource Source, StatusReason? Reason, string? Place, bool Platform) Expected(Attached project, Attached user) =>
        (project, user) switch
        {
            (Attached.Good, _) => (CredentialSource.ProjectAttachment, null, "project", false),
            (Attached.PlatformManaged, _) => (CredentialSource.ProjectAttachment, null, "project", true),
            (not Attached.None, _) => (CredentialSource.Halted, ReasonOf(project), "project", false),
            (_, Attached.Good) => (CredentialSource.UserAttachment, null, "user", false),
            (_, Attached.PlatformManaged) => (CredentialSource.UserAttachment, null, "user", true),
            (_, Attached.None or Attached.Inactive) => (CredentialSource.Platform, null, null, true),
            _ => (CredentialSource.Platform, ReasonOf(user), "user", true),
        };

    private static StatusReason ReasonOf(Attached state) => state switch
    {
        Attached.Inactive => StatusReason.AttachmentInactive,
        Attached.ConfigurationMissing or Attached.ConfigurationOfAnother or Attached.ConfigurationOfAnotherHarness =>
            StatusReason.ConfigurationMissing,
        Attached.ConfigurationInactive => StatusReason.ConfigurationInactive,
        Attached.CredentialMissing or Attached.CredentialOfAnother => StatusReason.CredentialMissing,
        Attached.CredentialInactive => StatusReason.CredentialInactive,
        Attached.CredentialUnreadable => StatusReason.CredentialUnreadable,
        Attached.InvalidAuthJson => StatusReason.InvalidAuthJson,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
