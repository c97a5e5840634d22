using System.Text.Json;

namespace LoadTest.Client;

/// <summary>A stream read as the Typebot widget reads it: a conversation is started, a message sent, its answer fetched. What the provider is to do stands in the message.</summary>
internal sealed class SessionStream(int number, ClientOptions options, ClientTally tally) : SseStream(number, options, tally)
{
    protected override async Task<(string Path, string Body)> PrepareAsync(ControlConnection control, CancellationToken cancellationToken)
    {
        var start = await control.PostAsync("/api/v1/typebots/load/startChat", """{"isStreamEnabled":true}""", cancellationToken);
        if (start.Status != 200)
        {
            throw new InvalidOperationException($"startChat was answered {start.Status}: {start.Body}");
        }

        var session = JsonSerializer.Deserialize<JsonElement>(start.Body).GetProperty("sessionId").GetString();
        var turn = await control.PostAsync($"/api/v1/sessions/{session}/continueChat", $$"""{"message":"{{Options.ModelOf(Number)}}"}""", cancellationToken);
        if (turn.Status != 200)
        {
            throw new InvalidOperationException($"continueChat was answered {turn.Status}: {turn.Body}");
        }

        return ($"/api/v2/sessions/{session}/streamMessage", "{}");
    }
}
