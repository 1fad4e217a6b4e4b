namespace Gatehouse.Processes;

/// <summary>
/// The command line's own way to call a server of this machine: <c>status</c> asks the gateway how it is, <c>demo</c> plays the caller. It
/// never carries a provider's key.
/// </summary>
internal static class LocalHttp
{
    /// <summary>A client for one address, without proxy, redirects or cookies. The caller disposes of it.</summary>
    /// <param name="address">The server's address.</param>
    /// <param name="limit">How long a call may take until its headers are there.</param>
    public static HttpClient Open(Uri address, TimeSpan limit)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = limit };
#pragma warning disable RS0030 // The ban keeps calls to providers behind the address guard; this one calls ourselves, on an address that we bound.
        return new HttpClient(handler) { BaseAddress = address, Timeout = limit };
#pragma warning restore RS0030
    }
}
