using System.Diagnostics;
using Gatehouse.LoadBench.Bodies;
using Gatehouse.LoadBench.Figures;
using Gatehouse.LoadBench.Proxies;

namespace Gatehouse.LoadBench.Load;

/// <summary>
/// How soon a token that is revoked on the command line is refused by the server that runs beside: requests go on all the while, and the
/// first 401 counts. Told from the command's end and, as its upper bound, from its start.
/// </summary>
internal static class RevokeRun
{
    private const int Times = 10;

    /// <summary>Runs it.</summary>
    public static async Task<(DelayFigures FromStart, DelayFigures FromEnd)> RunAsync(GatehouseProxy proxy)
    {
        var profile = Profile.Compared[0];
        var (fromStart, fromEnd) = (new List<double>(Times), new List<double>(Times));
        for (var i = 0; i < Times; i++)
        {
            var name = $"revoke-{i}";
            var token = await proxy.CreateTokenAsync(name);
            using var client = await LoadConnection.OpenAsync(proxy.Port, profile, LoadConnection.Request(proxy.Port, profile, token));
            await client.ExchangeAsync();
            var started = Stopwatch.GetTimestamp();
            var ended = EndOf(proxy.RevokeTokenAsync(name));
            var refused = await RefusedAsync(client);
            fromStart.Add(DelayFigures.Between(started, refused));
            fromEnd.Add(Math.Max(0, DelayFigures.Between(await ended, refused)));
        }

        return (new("start of `token revoke` until the first 401", proxy.Name, fromStart), new("end of `token revoke` until the first 401", proxy.Name, fromEnd));
    }

    private static async Task<long> EndOf(Task command)
    {
        await command;
        return Stopwatch.GetTimestamp();
    }

    private static async Task<long> RefusedAsync(LoadConnection client)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20))
        {
            try
            {
                await client.ExchangeAsync();
                await Task.Delay(1);
            }
            catch (InvalidDataException e) when (e.Message.Contains(" 401 ", StringComparison.Ordinal))
            {
                return Stopwatch.GetTimestamp();
            }
        }

        throw new InvalidOperationException("The revoked token is still accepted after 20 s.");
    }
}
