namespace Gatehouse.Gateway.Exchanges;

/// <summary>Tells programs beside the gateway which paths it takes calls at, the tolerated spellings included. Stateless.</summary>
public static class ServedPaths
{
    /// <summary>Whether a call for an answer is served at a path, such as <c>/v1/v1/messages</c>.</summary>
    public static bool TakesCalls(string path) => DataRoutes.Match(path, "POST").Kind == PathKind.Exchange;
}
