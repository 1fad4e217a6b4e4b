using Gatehouse.Clients.Diffs;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Files;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Integrations;

/// <summary>Changes as they are shown: differences without secrets.</summary>
internal static class Previews
{
    /// <summary>How one change is shown.</summary>
    /// <param name="change">The change.</param>
    /// <param name="at">Gives the home, which is written as <c>~</c>.</param>
    /// <param name="secrets">Texts that must not be shown.</param>
    public static FilePreview Of(FileChange change, Surroundings at, IReadOnlyList<string> secrets)
    {
        if (!change.IsNeeded) return new FilePreview(change.Before.Path, false, "");
        var diff = UnifiedDiff.Of(at.Shown(change.Before.Path), change.Before.Bytes, change.After);
        return new FilePreview(change.Before.Path, true, SecretMask.Of(diff, secrets));
    }

    /// <summary>The credentials that stand in two versions of a client's settings.</summary>
    public static IEnumerable<string> Secrets(Client client, Surroundings at, byte[]? before, byte[]? after, ConfigSyntax syntax) =>
        new[] { before, after }.OfType<byte[]>()
            .Select(bytes => ConfigDocument.Parse(syntax, bytes, out _)).OfType<ConfigDocument>()
            .SelectMany(document => client.Read(document.Root, at).Credentials)
            .Select(credential => credential.Text?.Reveal()).OfType<string>();
}
