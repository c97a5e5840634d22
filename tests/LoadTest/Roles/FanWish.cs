using System.Net.ServerSentEvents;
using System.Text.Json;

namespace LoadTest.Roles;

/// <summary>What the yardsticks of the fan-out are asked for, and how they get it: HttpClient, SseParser and JsonDocument.</summary>
internal sealed record FanWish(string Group, string Model)
{
    /// <summary>Asks the provider, and says each token from then on.</summary>
    public static async Task<IResult> PumpAsync(HttpClient http, FanWish wish, Func<string, Task> say, Func<Task> end, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(new { model = wish.Model, stream = true }) };
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        _ = SayAllAsync(response, say, end, cancellationToken);
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    private static async Task SayAllAsync(HttpResponseMessage response, Func<string, Task> say, Func<Task> end, CancellationToken cancellationToken)
    {
        using (response)
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
            {
                if (string.Equals(item.Data, "[DONE]", StringComparison.Ordinal))
                {
                    break;
                }

                using var chunk = JsonDocument.Parse(item.Data);
                if (TextOf(chunk.RootElement) is { Length: > 0 } text)
                {
                    await say(text);
                }
            }

            await end();
        }
    }

    private static string? TextOf(JsonElement chunk) =>
        chunk.GetProperty("choices") is { } choices && choices.GetArrayLength() > 0 && choices[0].GetProperty("delta").TryGetProperty("content", out var content)
            ? content.GetString()
            : null;
}
