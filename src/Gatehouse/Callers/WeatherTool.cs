using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gatehouse.Callers;

/// <summary>The tool that the program offers when it plays the caller, and what the tool finds.</summary>
internal static class WeatherTool
{
    /// <summary>The tool's name.</summary>
    public const string Name = "get_weather";

    /// <summary>What it finds.</summary>
    public const string Result = "4 °C, light rain";

    /// <summary>The schema of its arguments.</summary>
    public const string Schema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";

    /// <summary>What it is for.</summary>
    public const string Description = "The weather in a city.";

    /// <summary>A text as JSON, quotes included.</summary>
    public static string Json(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
