using System.Globalization;
using System.Text;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;
using Gatehouse.Gateway.Conversations;
using Gatehouse.Gateway.Metering;
using Gatehouse.Storage;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>Answers what is asked about stored responses that the gateway keeps itself: fetch, delete, list the input. Thread-safe.</summary>
internal sealed class TurnAnswers(TurnStore turns)
{
    private const int UsualLimit = 20;
    private const int GreatestLimit = 100;

    /// <summary>Answers and settles; false when the id is none of ours, so that it may be a provider's.</summary>
    public async ValueTask<bool> TryAnswerAsync(Admitted admitted)
    {
        if (admitted.Exchange.Route.ResponseId is not { } id) return false;
        var (known, turn) = await turns.FindAsync(id);
        admitted.MayBeKept = !known;
        if (turn is null || !turn.IsOwnedBy(admitted.Token)) return false;
        var exchange = admitted.Exchange;
        switch (exchange.Route.Operation)
        {
            case ExchangeOperation.ResponsesGet:
                await AnswerAsync(exchange, turn.Response);
                break;
            case ExchangeOperation.ResponsesInputItems:
                using (var list = new PooledBuffer())
                {
                    var query = exchange.Http.Request.Query;
                    var limit = int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : UsualLimit;
                    var after = query["after"].ToString() is { Length: > 0 } given ? given : null;
                    ResponsesTurns.WriteInputItems(turn.Input, query["order"] != "asc", after, Math.Clamp(limit, 1, GreatestLimit), list);
                    await AnswerAsync(exchange, list.WrittenMemory);
                }

                break;
            default:
                await DeleteAsync(exchange, id);
                break;
        }

        return true;
    }

    private async Task DeleteAsync(Exchange exchange, string id)
    {
        try
        {
            await turns.RemoveAsync(id);
        }
        catch (Exception e) when (e is StoreException or TimeoutException)
        {
            var error = new DialectError(ErrorKind.Unavailable, "The response could not be deleted just now. Try again in a moment.");
            await exchange.FailAsync(error, ExchangeEnd.Refused, "store_unavailable");
            return;
        }

        await AnswerAsync(exchange, Encoding.UTF8.GetBytes($"{{\"id\":\"{id}\",\"object\":\"response\",\"deleted\":true}}"));
    }

    private static async Task AnswerAsync(Exchange exchange, ReadOnlyMemory<byte> body)
    {
        var response = exchange.Http.Response;
        exchange.Record.Status = response.StatusCode = 200;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        response.Headers[ErrorReply.ExchangeHeader] = exchange.Record.Id.ToString();
        exchange.Settle(ExchangeEnd.Ok);
        await WholeAnswer.SendAsync(exchange.Http, body);
    }
}
