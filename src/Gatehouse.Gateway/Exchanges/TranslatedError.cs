using System.Buffers;
using System.Globalization;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Says an upstream's error answer again in the caller's dialect: its status, its own words, its <c>retry-after</c> and rate headers. The lent key is masked
/// should the upstream quote it. Stateless.
/// </summary>
internal static class TranslatedError
{
    private const int Held = 64 * 1024;

    /// <summary>Carries the answer, whose headers were copied already, and settles the exchange. The ledger gets the upstream's own word for the error.</summary>
    public static async Task CarryAsync(Exchange exchange, Attempt attempt, UpstreamAnswer answer, TapPool taps)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Held);
        try
        {
            var (length, _) = await ErrorAnswer.ReadAsync(exchange, attempt, answer, buffer.AsMemory(0, Held));
            if (length < 0) return;
            var record = exchange.Record;
            if (attempt.Request.Credential is { } lent) lent.Mask.MaskInPlace(buffer.AsSpan(0, length));
            var client = exchange.Route.Dialect;
            // What comes packed in spite of our asking says nothing that can be read.
            var error = UpstreamErrors.OfAnswer(client, answer.Status, answer.ContentEncoding is null ? buffer.AsSpan(0, length) : default, record.Provider!);
            if (LoginRefusal.IsOne(attempt.Request.Credential, answer.Status, buffer.AsSpan(0, length))) error = error with { Message = error.Message + LoginRefusal.Advice };
            var status = Status(client, answer.Status);
            record.Status = status;
            using var reader = new AnswerReader(attempt.Request.Dialect, answer, taps);
            reader.Read(buffer.AsSpan(0, length));
            record.ErrorType = exchange.Noted(reader.Facts.ErrorType) ?? record.ErrorType ?? "status_" + answer.Status.ToString(CultureInfo.InvariantCulture);
            exchange.Settle(ErrorAnswer.EndOf(answer.Status));
            await WriteAsync(exchange, client, error, status);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The upstream's status, but for those that the other vendor's clients don't know, or would take for an answer.</summary>
    private static int Status(Dialect client, int status) => status switch
    {
        529 when client != Dialect.Anthropic => 503,
        < 400 => 502,
        _ => status,
    };

    private static async Task WriteAsync(Exchange exchange, Dialect client, DialectError error, int status)
    {
        var response = exchange.Http.Response;
        var body = new ArrayBufferWriter<byte>(512);
        DialectErrors.WriteBody(body, client, error, "req_" + exchange.Record.Id.ToString("N"));
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = body.WrittenCount;
        await WholeAnswer.SendAsync(exchange.Http, body.WrittenMemory);
    }
}
