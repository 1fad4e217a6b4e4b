using Gatehouse.Gateway.Credentials;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// A credential as the header value that carries it, made once per credential: decoding it anew would cost every request two strings.
/// Lives as long as the credential that it is made from. Immutable.
/// </summary>
internal sealed class LentCredential
{
    public LentCredential(ProviderCredential credential)
    {
        // A key read from a file or variable often ends with a line break, which would otherwise split the header.
        Key = credential.Secret.Reveal().Trim();
        Of = credential;
        Bearer = "Bearer " + Key;
        Mask = credential.Mask;
    }

    /// <summary>The credential that it was made from.</summary>
    public ProviderCredential Of { get; }

    /// <summary>The bare key.</summary>
    public string Key { get; }

    /// <summary>The value of <c>authorization</c>.</summary>
    public string Bearer { get; }

    /// <summary>Masks the key in what goes back to the client.</summary>
    public CredentialMask Mask { get; }

    /// <summary>Always a mask.</summary>
    public override string ToString() => "***";
}
