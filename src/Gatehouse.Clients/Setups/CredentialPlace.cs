namespace Gatehouse.Clients.Setups;

/// <summary>Where a client finds the token that it presents to Gatehouse.</summary>
public enum CredentialPlace
{
    /// <summary>In its settings file itself, which is then kept from other users of the machine.</summary>
    Settings,

    /// <summary>In a file of its own with mode 0600, which the client reads or has a command read.</summary>
    File,

    /// <summary>In the environment variable <see cref="ClientSetup.TokenVariable"/>, which a person sets.</summary>
    Environment,
}
