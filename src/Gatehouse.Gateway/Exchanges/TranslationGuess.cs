using System.Text;
using Gatehouse.Dialects.Envelope;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Guesses, before anything is known of a body, whether it will be translated: by the model that stands first in it. Then the caller reads it into an index at once, which
/// the scan of its top level and the translation share; else the scan alone is cheaper. A wrong guess costs time and nothing else. Thread-safe.
/// </summary>
internal static class TranslationGuess
{
    /// <summary>Smaller bodies are scanned sooner than guessed about.</summary>
    private const int LeastBody = 16 * 1024;

    /// <summary>Whether a body will likely be translated, so that reading it into an index pays.</summary>
    public static bool IsLikely(ReadOnlySpan<byte> body, DataRoute route, RouteTable routes)
    {
        if (body.Length < LeastBody || !TargetResolver.IsTranslated(route.Operation) || !EnvelopeScanner.TryModelAtStart(body, out var model)) return false;
        var ways = routes.Match(Encoding.UTF8.GetString(body.Slice(model.Start, model.Length))).Ways(route.Dialect);
        return ways.Length > 0 && ways[0].Upstream != route.Dialect;
    }
}
