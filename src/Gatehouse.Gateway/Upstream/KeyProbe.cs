using System.Collections.Frozen;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Upstream;

/// <summary>What a provider says of a key.</summary>
public enum KeyVerdict : byte
{
    /// <summary>It takes it.</summary>
    Valid,

    /// <summary>It refuses it.</summary>
    Invalid,

    /// <summary>It takes no call now because there were too many, which says nothing of the key.</summary>
    RateLimited,

    /// <summary>It did not answer, or answered that it is out of order.</summary>
    Unreachable,

    /// <summary>It answered, but in a way that says nothing of the key.</summary>
    Unknown,
}

/// <summary>Asks the provider of a user's credential whether it takes the key.</summary>
/// <param name="credential">An opened credential.</param>
/// <param name="cancellation">Ends the question.</param>
public delegate Task<KeyVerdict> CredentialProbe(OpenedCredential credential, CancellationToken cancellation);

/// <summary>Asks a provider of the configuration whether it takes one of the platform's keys for it.</summary>
/// <param name="key">The key, which names its provider.</param>
/// <param name="cancellation">Ends the question.</param>
public delegate Task<KeyVerdict> PlatformProbe(ProviderCredential key, CancellationToken cancellation);

/// <summary>How keys are checked.</summary>
/// <param name="OfUsers">Checks a user's own.</param>
/// <param name="OfPlatform">Checks one of the platform's.</param>
public sealed record KeyProbes(CredentialProbe OfUsers, PlatformProbe OfPlatform);

/// <summary>
/// Asks a provider for its list of models, which costs nothing, with a key. Where the list is open to everyone, that it was given says
/// nothing of the key. Only the status is looked at. Vendors' logins are never sent. Thread-safe.
/// </summary>
internal sealed class KeyProbe(
    IUpstream upstream, Func<FrozenSet<string>> privateHosts, Func<string, Provider?> find, Action<Provider> forget)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(8);

    /// <summary>Both questions.</summary>
    public KeyProbes Probes => new(AskAsync, AskAsync);

    private async Task<KeyVerdict> AskAsync(OpenedCredential credential, CancellationToken cancellation) =>
        credential.Secret is null || credential.Kind.IsNative()
            || TenantProvider.Make(credential, credential.Provider, privateHosts(), out _) is not { } made
            ? KeyVerdict.Unknown
            : await AskAsync(made.Provider, made.Key(CredentialSource.UserAttachment), cancellation);

    private async Task<KeyVerdict> AskAsync(ProviderCredential key, CancellationToken cancellation) =>
        find(key.Provider) is { Program: null } provider ? await AskAsync(provider, key, cancellation) : KeyVerdict.Unknown;

    private async Task<KeyVerdict> AskAsync(Provider of, ProviderCredential key, CancellationToken cancellation)
    {
        var provider = Own(of);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bounded.CancelAfter(s_deadline);
        try
        {
            var verdict = Judge(await StatusAsync(provider, key, bounded.Token));
            return verdict == KeyVerdict.Valid && Judge(await StatusAsync(provider, null, bounded.Token)) == KeyVerdict.Valid ? KeyVerdict.Unknown : verdict;
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return KeyVerdict.Unreachable;
        }
        finally
        {
            forget(provider);
        }
    }

    // Under a name of its own, so that its connections can be closed without closing those that calls use.
    private static Provider Own(Provider made) => new()
    {
        Name = made.Name + ":probe",
        Preset = made.Preset,
        Source = made.Source,
        Label = made.Label,
        Endpoints = made.Endpoints,
        Headers = made.Headers,
        Http2 = made.Http2,
        AllowPrivateNetwork = made.AllowPrivateNetwork,
        RequestUsage = made.RequestUsage,
    };

    private async Task<int> StatusAsync(Provider provider, ProviderCredential? credential, CancellationToken cancellation)
    {
        var outcome = await upstream.SendAsync(ModelListFetcher.Question(provider, credential), cancellation);
        await using var answer = outcome.Answer;
        cancellation.ThrowIfCancellationRequested();
        return answer?.Status ?? 0;
    }

    private static KeyVerdict Judge(int status) => status switch
    {
        0 or >= 500 => KeyVerdict.Unreachable,
        >= 200 and < 300 => KeyVerdict.Valid,
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden => KeyVerdict.Invalid,
        StatusCodes.Status429TooManyRequests => KeyVerdict.RateLimited,
        _ => KeyVerdict.Unknown,
    };
}
