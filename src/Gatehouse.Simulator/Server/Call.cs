using System.Text.Json;
using Gatehouse.Simulator.Faults;
using Gatehouse.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Simulator.Server;

/// <summary>One request to a vendor's endpoint after its body was read. Owned by the request's own task.</summary>
/// <param name="Http">The request's headers and path.</param>
/// <param name="Body">The parsed body; undefined for GET and DELETE.</param>
/// <param name="Key">The caller's key, or empty.</param>
/// <param name="Vendor">Whose endpoint it is.</param>
internal sealed record Call(HttpRequest Http, JsonElement Body, string Key, Vendor Vendor)
{
    /// <summary>The model asked for, or empty.</summary>
    public string Model => Body.ValueKind == JsonValueKind.Object ? Body.Text("model") ?? "" : "";

    /// <summary>The faults that the model's name asks for.</summary>
    public FaultPlan Faults { get; init; } = FaultPlan.None;

    /// <summary>Whether a stream is wanted.</summary>
    public bool Stream => Body.ValueKind == JsonValueKind.Object && Body.IsTrue("stream");

    /// <summary>The caller's <c>anthropic-beta</c> values, joined.</summary>
    public string Betas => Http.Headers["anthropic-beta"].ToString();
}
