using System.Globalization;
using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.Terminals;

namespace Gatehouse.Smoke;

/// <summary>How a smoke run is shown.</summary>
/// <param name="Gateway">The gateway's address.</param>
/// <param name="IsOwn">Whether it ran for this alone.</param>
/// <param name="Model">The model that was asked.</param>
/// <param name="Results">What was found, in order.</param>
internal sealed record SmokeView(Uri Gateway, bool IsOwn, string Model, IReadOnlyList<SmokeResult> Results)
{
    /// <summary>Whether all is well: nothing failed, and something was served.</summary>
    public bool IsGood => Results.All(result => result.Outcome != SmokeOutcome.Failed) && Results.Any(result => result.Outcome == SmokeOutcome.Ok);

    /// <summary>Prints it for people.</summary>
    public void Print(Terminal terminal)
    {
        var listing = new Listing("DIALECT", "CHECK", "RESULT", "ms", "SEEN").Numbers(3);
        foreach (var result in Results) listing.Add(result.Dialect.Name(), result.Check, result.Word, Milliseconds(result), result.Outcome == SmokeOutcome.Failed ? "see below" : result.Detail);
        terminal.Write(listing);
        terminal.Note($"Asked {Model} at {Gateway.GetLeftPart(UriPartial.Authority)}{(IsOwn ? ", a gateway that ran for this alone, with the simulated provider beside it" : "")}.");
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("gateway", Gateway.GetLeftPart(UriPartial.Authority));
        json.WriteBoolean("started_for_this", IsOwn);
        json.WriteString("model", Model);
        json.WriteStartArray("checks");
        foreach (var result in Results)
        {
            json.WriteStartObject();
            json.WriteString("dialect", result.Dialect.Name());
            json.WriteString("check", result.Check);
            json.WriteString("result", result.Word.Replace(' ', '_'));
            json.WriteNumber("milliseconds", Math.Round(result.Took.TotalMilliseconds, 1));
            json.WriteString("detail", result.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Milliseconds(SmokeResult result) => result.Took.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);
}
