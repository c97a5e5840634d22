using System.Globalization;

namespace BfProxy.Transforms.Contract;

/// <summary>
/// Joins the calls of a conversation with their results: by id, else by name and order within the turn. An id may return in a later turn;
/// a result belongs to the latest call before it. Of several results of one call the last counts.
/// </summary>
internal static class ToolLinks
{
    public static void Connect(IReadOnlyList<ChatMessage> messages)
    {
        var byId = new Dictionary<string, ToolCallPart>(StringComparer.Ordinal);
        var byName = new Dictionary<string, Queue<ToolCallPart>>(StringComparer.Ordinal);
        var made = 0;
        foreach (var message in messages)
        {
            if (message.Role is ChatRole.Assistant && message.Parts.Any(static part => part is ToolCallPart))
            {
                byName.Clear();
            }

            foreach (var part in message.Parts)
            {
                if (part is ToolCallPart call)
                {
                    call.LinkId = call.Id ?? string.Create(CultureInfo.InvariantCulture, $"call_bf_{++made}");
                    Add(call, byId, byName);
                }
                else if (part is ToolResultPart result && Find(result, byId, byName) is { } answered)
                {
                    result.Call = answered;
                    answered.Result = result;
                }
            }
        }
    }

    private static void Add(ToolCallPart call, Dictionary<string, ToolCallPart> byId, Dictionary<string, Queue<ToolCallPart>> byName)
    {
        byId[call.LinkId] = call;
        if (!byName.TryGetValue(call.Name, out var queue))
        {
            byName[call.Name] = queue = new Queue<ToolCallPart>();
        }

        queue.Enqueue(call);
    }

    private static ToolCallPart? Find(ToolResultPart result, Dictionary<string, ToolCallPart> byId, Dictionary<string, Queue<ToolCallPart>> byName)
    {
        if (result.CallId is { } id && byId.TryGetValue(id, out var known))
        {
            return known;
        }

        if (result.Name is null || !byName.TryGetValue(result.Name, out var queue))
        {
            return null;
        }

        while (queue.TryDequeue(out var call))
        {
            if (call.Result is null)
            {
                return call;
            }
        }

        return null;
    }
}
