using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gatehouse.Demo;

/// <summary>What the demo is about: a question, the tool that helps to answer it, and what the tool finds.</summary>
internal static class Weather
{
    /// <summary>What is asked. The simulated provider follows the order in brackets; a real one would decide by itself.</summary>
    public const string Prompt = "What is the weather in Oslo? [tool get_weather {\"city\":\"Oslo\"}]";

    /// <summary>The tool's name.</summary>
    public const string Tool = "get_weather";

    /// <summary>The arguments that it must be called with.</summary>
    public const string Arguments = """{"city":"Oslo"}""";

    /// <summary>What it finds.</summary>
    public const string Result = "4 °C, light rain";

    /// <summary>The model asked for: the <c>sim/</c> names are the simulated provider's.</summary>
    public const string Model = "sim/echo";

    /// <summary>The schema of its arguments.</summary>
    public const string Schema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";

    /// <summary>What it is for.</summary>
    public const string Description = "The weather in a city.";

    /// <summary>A text as JSON, quotes included.</summary>
    public static string Json(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
