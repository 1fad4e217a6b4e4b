using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Installations;
using Gatehouse.Terminals;

namespace Gatehouse.Tenants;

/// <summary><c>gatehouse user</c>: who projects, credentials and tokens belong to.</summary>
internal static class UserCommands
{
    private static readonly Argument<string> s_name = new("name") { Description = "What to call the user; unique.", HelpName = "NAME" };
    private static readonly Argument<string> s_which = new("user") { Description = "The user's id or name.", HelpName = "ID|NAME" };
    private static readonly Option<bool> s_admin = new("--admin") { Description = "Make it an administrator, who sees and changes what is anyone's." };
    private static readonly Option<string?> s_role = new("--role") { Description = "What it may do.", HelpName = "member|admin" };
    private static readonly Option<bool> s_disable = new("--disable") { Description = "Lock it out: its tokens open nothing." };
    private static readonly Option<bool> s_enable = new("--enable") { Description = "Let it in again." };

    static UserCommands() => s_role.AcceptOnlyFromAmong("member", "admin");

    /// <summary>Builds the commands.</summary>
    public static Command Build() => new("user", "Add, list and change users. On one's own, none is needed: there is one called local. Works beside a running server.")
    {
        new Verb("add", "Add a user.", "gatehouse user add alice", "gatehouse user add build-server --mode platform")
            { s_name, s_admin, TenantOptions.Mode, CommonOptions.Json }.RunsOnInstallation(AddAsync),
        new Verb("list", "List the users.", "gatehouse user list") { CommonOptions.Json }.ReadsInstallation(ListAsync),
        new Verb("set", "Change a user: role, whose keys serve, locked out or not.", "gatehouse user set alice --mode platform", "gatehouse user set alice --disable")
            { s_which, s_role, TenantOptions.Mode, s_disable, s_enable, CommonOptions.Json }.RunsOnInstallation(SetAsync),
    };

    private static async Task<Report> AddAsync(Invocation invocation, Installation installation)
    {
        var parsed = invocation.Parsed;
        return TenantOptions.Told(
            await installation.Tenants.Users.AddAsync(
                Actor.OfThisMachine, parsed.GetValue(s_name)!, parsed.GetValue(s_admin) ? UserRole.Admin : UserRole.Member,
                TenantOptions.ModeChange(invocation)?.To, cancellation: invocation.Cancelled),
            user => $"Added {user.Role.Name()} '{user.Name}' ({user.Id}).", TenantView.Write);
    }

    private static async Task<Report> ListAsync(Invocation invocation, Installation installation)
    {
        var users = await installation.Tenants.Users.ListAsync(Actor.OfThisMachine, invocation.Cancelled);
        return Report.Done(
            terminal =>
            {
                var listing = new Listing("ID", "NAME", "ROLE", "KEYS", "ADDED", "STATE");
                foreach (var user in users)
                    listing.Add(user.Id, user.Name, user.Role.Name(), TenantView.Mode(user.ProviderMode), TenantView.Time(user.CreatedAt), user.DisabledAt is { } at ? $"locked out {TenantView.Time(at)}" : "good");
                terminal.Write(listing);
            },
            json => TenantView.WriteAll(json, users, TenantView.Write));
    }

    private static async Task<Report> SetAsync(Invocation invocation, Installation installation)
    {
        var parsed = invocation.Parsed;
        if (parsed.GetValue(s_disable) && parsed.GetValue(s_enable)) return Report.Misused([new Problem("--disable and --enable are opposites.")]);
        var change = new UserChange
        {
            Role = TenantNames.ParseRole(parsed.GetValue(s_role)),
            ProviderMode = TenantOptions.ModeChange(invocation),
            Disabled = parsed.GetValue(s_disable) ? true : parsed.GetValue(s_enable) ? false : null,
        };
        return TenantOptions.Told(
            await installation.Tenants.Users.UpdateAsync(Actor.OfThisMachine, parsed.GetValue(s_which)!, change, invocation.Cancelled),
            user => $"Changed '{user.Name}' ({user.Id}). A running server goes by it within a second.", TenantView.Write);
    }
}
