using System.Text.Json;

namespace BfProxy.Demo;

/// <summary>What the demo says next, and the tools that it calls.</summary>
internal sealed record DemoTurn(string Text, IReadOnlyList<DemoCall> Calls)
{
    /// <summary>
    /// A model decides by understanding, the demo by words: it calls each offered tool all of whose name's words stand in the prompt, all at once, and
    /// then says what they said.
    /// </summary>
    public static DemoTurn For(DemoRequest request)
    {
        if (request.Results.Count > 0)
        {
            var lines = request.Results.Select(result => $"• {result.Name}: {MessageOf(result.Content)}");
            return new DemoTurn($"This is what the tools said:\n\n{string.Join('\n', lines)}\n\nA model would now make something of it.", []);
        }

        return request.Calls.Count > 0
            ? new DemoTurn($"For that I call {string.Join(", ", request.Calls.Select(call => call.Name))}.\n\n", request.Calls)
            : new DemoTurn(DemoAnswers.For(request.Prompt), []);
    }

    /// <summary>A result is text, or, from BfProxy, an object with a message.</summary>
    private static string MessageOf(string content)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            return json.RootElement.ValueKind is JsonValueKind.Object
                && json.RootElement.TryGetProperty("message", out var message)
                && message.ValueKind is JsonValueKind.String
                    ? message.GetString()!
                    : content;
        }
        catch (JsonException)
        {
            return content;
        }
    }
}
