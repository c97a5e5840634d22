using System.Text.Json.Nodes;

namespace FakeProvider;

/// <summary>One conversation as the provider keeps it.</summary>
internal sealed class FakeConversation(string id, JsonNode? metadata)
{
    public string Id => id;

    public JsonNode? Metadata => metadata;

    public List<JsonNode> Items { get; } = [];

    /// <summary>Who works on it; nobody else may until that is over.</summary>
    public SeenRequest? Worker { get; set; }

    public bool IsLocked => Worker is { Finished.IsCompleted: false };

    public string ToJson() => new JsonObject { ["id"] = id, ["object"] = "conversation", ["created_at"] = 1790000000, ["metadata"] = metadata?.DeepClone() }.ToJsonString();

    /// <summary>Why these items cannot be said now: a call without its result, or a result without its call.</summary>
    public string? Poison(IEnumerable<JsonNode> input)
    {
        var all = Items.Concat(input).ToList();
        var calls = Ids(all, "function_call");
        var results = Ids(all, "function_call_output");
        if (calls.Except(results, StringComparer.Ordinal).FirstOrDefault() is { } open)
        {
            return $"No tool output found for function call {open}.";
        }

        return results.Except(calls, StringComparer.Ordinal).FirstOrDefault() is { } orphan ? $"No tool call found for function call output with call_id {orphan}." : null;
    }

    private static HashSet<string> Ids(List<JsonNode> items, string type) =>
        items.Where(item => (string?)item["type"] == type).Select(item => (string)item["call_id"]!).ToHashSet(StringComparer.Ordinal);
}
