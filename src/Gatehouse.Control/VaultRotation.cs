using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;
using Gatehouse.Storage;

namespace Gatehouse.Control;

/// <summary>What a rotation is to do.</summary>
/// <param name="MasterKey">Puts the data keys under a new master key.</param>
/// <param name="Reseal">Makes a new vault key and seals every credential anew with it.</param>
public sealed record RotationPlan(bool MasterKey, bool Reseal);

/// <summary>What a rotation did.</summary>
/// <param name="MasterKeyOrigin">Where the master key that is in force now comes from: a variable's name or a file's path.</param>
/// <param name="KeptKeyFile">The key file of before, which opens backups that were made before; null when there is none.</param>
/// <param name="Resealed">How many credentials were sealed anew.</param>
/// <param name="Resumed">Whether an interrupted rotation was finished instead of beginning another.</param>
/// <param name="Unreadable">The credentials that could not be opened, by what people call them; left as they are.</param>
public sealed record Rotation(string MasterKeyOrigin, string? KeptKeyFile, int Resealed, bool Resumed, IReadOnlyList<string> Unreadable);

/// <summary>
/// Replaces the vault's keys while a server runs on it. It may be interrupted anywhere and called again: it goes on where it was. The
/// running server learns a new vault key as soon as the first row names it, and keeps the data keys when the master key is replaced.
/// Thread-safe; of two at once, one waits for the other's transactions.
/// </summary>
public sealed class VaultRotation(Store store, KeyRing ring, MasterKeySource source, TimeProvider clock)
{
    private const int BatchSize = 100;

    // Stands among the platform's settings while credentials are being sealed anew.
    private const string Unfinished = "vault.rotation";
    private readonly DataKeyStore _keys = new(store, clock);
    private readonly VaultStore _vault = new(store);
    private readonly OwnedCredentialReseal _owned = new(store);
    private readonly TenantStore _settings = new(store);

    /// <summary>Rotates. Refused, with nothing changed, when a key can't be found or does not open the database.</summary>
    /// <exception cref="StoreException">The store can't be written; what was done until then stands, and the next call goes on.</exception>
    public async Task<Edited<Rotation>> RotateAsync(Actor actor, RotationPlan plan, CancellationToken cancellation = default)
    {
        if (!actor.IsAdmin) return Edited.Forbidden<Rotation>("Only an administrator replaces the vault's keys.");
        var present = source.Load(mayCreate: false);
        if (present.Key is not { } master) return Edited.Refused<Rotation>(present.Error!);
        var rotated = new Rotation(present.Origin, null, 0, false, []);
        // The credentials first: with the next master key in place, the running server could not learn a key that was made after it.
        if (plan.Reseal)
        {
            var resealed = await ResealAsync(rotated, master, cancellation);
            if (resealed.Value is null) return resealed;
            rotated = resealed.Value;
        }
        if (plan.MasterKey)
        {
            var replaced = await ReplaceMasterAsync(rotated, master, cancellation);
            if (replaced.Value is null) return replaced;
            rotated = replaced.Value;
        }
        var audit = AuditLine.Of(
            actor, clock.Now(), "vault.rotate", "vault", null, ("masterKey", plan.MasterKey ? rotated.MasterKeyOrigin : null),
            ("resealed", plan.Reseal ? $"{rotated.Resealed}" : null));
        await new AuditStore(store).AddAsync(audit, cancellation);
        return Edited.Done(rotated);
    }

    private async Task<Edited<Rotation>> ResealAsync(Rotation rotated, MasterKey master, CancellationToken cancellation)
    {
        if (!await _keys.LearnAsync(ring, master, cancellation))
            return Edited.Conflict<Rotation>("The master key does not open the database any more: it was replaced just now.");
        var resumes = (await _settings.SettingsAsync(cancellation)).Exists(row => row.Name == Unfinished);
        if (!resumes)
        {
            if (await _keys.AddVaultKeyAsync(ring, master, cancellation) is { } error) return Edited.Conflict<Rotation>(error);
            await _settings.SetAsync(new PlatformSettingRow(Unfinished, "true", clock.Now(), null), cancellation: cancellation);
        }
        var (resealed, unreadable) = await SweepAsync(cancellation);
        await _settings.ResetAsync(Unfinished, cancellation: cancellation);
        await _keys.RemoveVaultKeysAsync(await _owned.KeysInUseAsync(cancellation), cancellation);
        return Edited.Done(rotated with { Resealed = resealed, Resumed = resumes, Unreadable = unreadable });
    }

    private async Task<(int Resealed, IReadOnlyList<string> Unreadable)> SweepAsync(CancellationToken cancellation)
    {
        var (resealed, unreadable) = (0, new List<string>());
        foreach (var sealNext in (Func<string?, Task<ResealedBatch>>[])[
            after => _vault.ResealAsync(ring, after, BatchSize, cancellation), after => _owned.ResealAsync(ring, after, BatchSize, cancellation)])
        {
            string? after = null;
            do
            {
                var batch = await sealNext(after);
                resealed += batch.Resealed;
                unreadable.AddRange(batch.Unreadable);
                after = batch.Last;
            }
            while (after is not null);
        }
        return (resealed, unreadable);
    }

    private async Task<Edited<Rotation>> ReplaceMasterAsync(Rotation rotated, MasterKey master, CancellationToken cancellation)
    {
        var next = source.PrepareNext();
        if (next.Key is not { } nextKey) return Edited.Refused<Rotation>(next.Error!);
        if (await _keys.RewrapAsync(master, nextKey, cancellation) is { } error) return Edited.Conflict<Rotation>(error);
        // Interrupted here, the next start finds the prepared file and takes it.
        var kept = source.Promote(clock.GetUtcNow());
        return Edited.Done(rotated with { MasterKeyOrigin = kept is null ? next.Origin : source.FilePath, KeptKeyFile = kept });
    }
}
