using System.Collections.Immutable;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Overlays;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;

namespace Gatehouse.Clients;

/// <summary>What Gatehouse does for a client.</summary>
public enum ClientSupport
{
    /// <summary>Its configuration is written and taken back.</summary>
    Applied,

    /// <summary>What to set is printed; its settings lie where only the program itself, or a person, should write.</summary>
    Printed,

    /// <summary>It can't work through Gatehouse; <see cref="Client.Reason"/> says why.</summary>
    Refused,
}

/// <summary>
/// A program that calls models and can be pointed at Gatehouse: what it is called, which dialects it speaks, where its configuration lies,
/// and what has to stand in it. One class per client, without state; all of them are in <see cref="ClientCatalog"/>. Thread-safe.
/// </summary>
public abstract class Client
{
    /// <summary>The name that commands know it by, such as <c>claude-code</c>.</summary>
    public abstract string Id { get; }

    /// <summary>Its name for people.</summary>
    public abstract string Label { get; }

    /// <summary>What can be done for it.</summary>
    public abstract ClientSupport Support { get; }

    /// <summary>Other names that commands know it by.</summary>
    public virtual ImmutableArray<string> OtherNames => [];

    /// <summary>The program's name on the path; null when it has none.</summary>
    public virtual string? Executable => null;

    /// <summary>The dialects that it can be set to speak, the best one first; none when it is refused.</summary>
    public virtual ImmutableArray<Dialect> Dialects => [];

    /// <summary>Why it is refused, or why it is printed and not written; null when there is nothing to say.</summary>
    public virtual string? Reason => null;

    /// <summary>The command that installs its program; null when it has no program, or is installed in ways of its own.</summary>
    public virtual string? Installation => null;

    /// <summary>Whether it can be started for one run with settings that go before the person's own and change none of their files.</summary>
    public virtual bool HasOverlay => false;

    /// <summary>Whether what is written was tried with the program itself.</summary>
    public virtual bool Verified => true;

    /// <summary>Whether it works without being told a model: it has names of its own, which <see cref="OwnModels"/> lists.</summary>
    public bool HasOwnModels => !OwnModels.IsEmpty;

    /// <summary>The models that it asks for when it is not told any; empty when it has to be told one.</summary>
    public virtual ImmutableArray<string> OwnModels => [];

    /// <summary>Where its credential can stand, the usual place first.</summary>
    public virtual ImmutableArray<CredentialPlace> CredentialPlaces => [CredentialPlace.Settings];

    /// <summary>The forms that a snippet can be printed in, the usual one first.</summary>
    public virtual ImmutableArray<SnippetFormat> Formats => [SnippetFormat.Text];

    /// <summary>Whether it ignores a whole settings file in which comments or trailing commas stand.</summary>
    public virtual bool ReadsPlainJson => false;

    /// <summary>Whether it has settings for one project beside those of the person.</summary>
    public virtual bool HasProjectSettings => false;

    /// <summary>The base address to give it: some clients append <c>/v1/…</c> themselves, others only what follows it.</summary>
    /// <param name="gateway">Gatehouse's address without a path.</param>
    /// <param name="dialect">What the client is to speak.</param>
    public virtual string BaseAddress(Uri gateway, Dialect dialect) =>
        dialect == Dialect.Anthropic ? gateway.GetLeftPart(UriPartial.Authority) : gateway.GetLeftPart(UriPartial.Authority) + "/v1";

    /// <summary>Whether a name means this client.</summary>
    public bool IsNamed(string name) =>
        name.Equals(Id, StringComparison.OrdinalIgnoreCase) || OtherNames.Any(other => name.Equals(other, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// The files that its settings come from, strongest first, whether or not they exist. The ones that are written for a person and for a
    /// project are marked; the others are read only.
    /// </summary>
    internal virtual IReadOnlyList<SettingsFile> Files(Surroundings at) => [];

    /// <summary>What its settings say about where it calls, read out of one file.</summary>
    internal virtual ClientSettings Read(ConfigObject root, Surroundings at) => ClientSettings.None;

    /// <summary>Writes down which keys are to say what, for a setup.</summary>
    internal virtual void Plan(Draft draft) => throw new InvalidOperationException($"{Label} is not written");

    /// <summary>The environment variables that do the same for one shell; null when it takes its provider from no variable.</summary>
    internal virtual ShellSetup? Shell(ClientSetup setup) => null;

    /// <summary>What one run is started with. Only where <see cref="HasOverlay"/> says so.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="files">The settings files that the run will see, strongest first.</param>
    internal virtual ClientOverlay Overlay(OverlayRequest request, IReadOnlyList<FoundFile> files) =>
        throw new InvalidOperationException($"{Label} has no overlay");

    /// <summary>What a person does where nothing can be written, line by line.</summary>
    internal virtual IReadOnlyList<string> Steps(ClientSetup setup) => [];

    /// <summary>Keys that the program adds to its settings by itself. A file of ours in which nothing else is left is no longer needed.</summary>
    internal virtual ImmutableArray<string> OwnAdditions => [];

    /// <summary>
    /// The part of the settings that a key belongs to and that makes sense only as a whole, such as a provider's table; null when the key
    /// stands for itself. Once a person has changed something in it, all of it is theirs.
    /// </summary>
    internal virtual KeyPath? WholeOf(KeyPath path) => null;

    /// <summary>What should be kept when the settings are taken back, because something of the client's own refers to it by now; null for nothing.</summary>
    internal virtual Keeping? Keep(Surroundings at) => null;
}
