namespace Gatehouse.EndToEnd.Sdks;

/// <summary>What is shown to models.</summary>
internal static class Pictures
{
    /// <summary>One pixel, as the Node scripts show it: a PNG in base64.</summary>
    public const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
}
