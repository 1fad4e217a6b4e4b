using Gatehouse.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Simulator.Server;

/// <summary>Reads a body whole, up to the vendors' 32 MB.</summary>
internal static class RequestBody
{
    private const int Largest = 32 << 20;

    /// <summary>The body, or null when it is too large.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentLength is { } length)
        {
            if (length > Largest) return null;
            var exact = GC.AllocateUninitializedArray<byte>((int)length);
            await request.Body.ReadExactlyAsync(exact, cancellation);
            return exact;
        }
        using var grown = new MemoryStream();
        var piece = new byte[16 << 10];
        while (await request.Body.ReadAsync(piece, cancellation) is var read and > 0)
        {
            await grown.WriteAsync(piece.AsMemory(0, read), cancellation);
            if (grown.Length > Largest) return null;
        }
        return grown.ToArray();
    }

    /// <summary>The refusal of a body that is too large.</summary>
    public static ApiError TooLarge(Vendor vendor) => vendor == Vendor.Anthropic
        ? Anthropic.AnthropicErrors.ForStatus(413)
        : OpenAi.OpenAiErrors.ForStatus(413);
}
