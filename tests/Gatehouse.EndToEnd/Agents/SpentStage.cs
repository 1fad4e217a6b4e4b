using Dapper;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Gatehouse.EndToEnd.Agents;

/// <summary>A gateway whose token belongs to a user with nothing left to use.</summary>
public sealed class SpentStage : Stage
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override string Configuration => """ "userLimits": { "dailyOutputTokens": 1 }, """;

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await using (var database = NativeSqlite.Connection($"Data Source={Path.Combine(DataDirectory, "gatehouse.db")};Pooling=false"))
        {
            (await database.ExecuteAsync("UPDATE access_tokens SET user_id = 'local'")).ShouldBe(1);
        }

        // The server learns of it within a second.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var limit = new CancellationTokenSource(s_patience);
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Gateway, "/v1/chat/completions"))
            {
                Content = new StringContent("""{"model":"m","messages":[{"role":"user","content":"x"}]}""", System.Text.Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("authorization", "Bearer " + Token);
            if ((await http.SendAsync(request, limit.Token)).StatusCode == System.Net.HttpStatusCode.TooManyRequests) return;
        }
    }
}
