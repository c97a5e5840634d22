using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FakeProvider.Shapes;

namespace FakeProvider;

/// <summary>
/// OpenAI's Conversations, and Responses within them, as the real ones behave: one worker a conversation, items added only when an answer is complete, a call
/// without its result refuses the next turn, and whoever closes the connection cancels the answer. Where no turn was scripted, the model repeats what users said.
/// </summary>
public sealed class FakeConversations
{
    private const int MaxItems = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, FakeConversation> _all = new(StringComparer.Ordinal);
    private readonly Queue<FakeTurn> _turns = new();

    public FakeConversations(FakeProviderServer server) => MoveTo(server);

    public IReadOnlyList<string> Ids
    {
        get
        {
            lock (_gate)
            {
                return [.. _all.Keys];
            }
        }
    }

    /// <summary>The provider is back, on a server that was started in place of the one before.</summary>
    public void MoveTo(FakeProviderServer server) => server.Handle("*", Choose);

    /// <summary>Scripts what the model says next.</summary>
    public void Say(params IEnumerable<FakeTurn> turns)
    {
        lock (_gate)
        {
            foreach (var turn in turns)
            {
                _turns.Enqueue(turn);
            }
        }
    }

    /// <summary>A conversation that somebody else made.</summary>
    public string Add(string metadata, params IEnumerable<string> items)
    {
        lock (_gate)
        {
            var made = Create(JsonNode.Parse(metadata));
            made.Items.AddRange(items.Select(item => JsonNode.Parse(item)!));
            return made.Id;
        }
    }

    /// <summary>What a conversation holds, a line an item: <c>user: …</c>, <c>assistant: …</c>, <c>call id name</c>, <c>result id: …</c>.</summary>
    public IReadOnlyList<string> Lines(string id)
    {
        lock (_gate)
        {
            return [.. _all[id].Items.Select(LineOf)];
        }
    }

    /// <summary>What a conversation answers while somebody else works on it.</summary>
    public static Script Locked() =>
        Refuse(400, "Another process is currently operating on this conversation. Please retry in a few seconds.", "conversation", "conversation_locked");

    private static string LineOf(JsonNode item) => (string?)item["type"] switch
    {
        "function_call" => $"call {item["call_id"]} {item["name"]}",
        "function_call_output" => $"result {item["call_id"]}: {item["output"]}",
        _ => $"{item["role"]}: {TextOf(item["content"])}",
    };

    private static string TextOf(JsonNode? content) => content is JsonArray parts ? string.Concat(parts.Select(part => (string?)part!["text"])) : (string?)content ?? "";

    private static Script Refuse(int status, string message, string? param, string? code) =>
        Script.Json(status, JsonSerializer.Serialize(new { error = new { message, type = "invalid_request_error", param, code } }));

    private Script Choose(SeenRequest request)
    {
        lock (_gate)
        {
            var parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            return (request.Method, parts) switch
            {
                ("POST", ["v1", "responses"]) => Respond(request),
                ("POST", ["v1", "conversations"]) => Script.Json(200, Create(request.ReadNode()["metadata"]).ToJson()),
                (_, ["v1", "conversations", var id, ..]) when !_all.ContainsKey(id) => Refuse(404, $"Conversation with id '{id}' not found.", null, null),
                ("GET", ["v1", "conversations", var id]) => Script.Json(200, _all[id].ToJson()),
                ("DELETE", ["v1", "conversations", var id]) => Delete(id),
                ("GET", ["v1", "conversations", var id, "items"]) => List(_all[id], request.Target.Contains("order=asc", StringComparison.Ordinal)),
                ("POST", ["v1", "conversations", var id, "items"]) => Append(_all[id], request.ReadNode()["items"]!.AsArray()),
                ("DELETE", ["v1", "conversations", var id, "items", var item]) => Remove(_all[id], item),
                _ => Refuse(404, $"Unknown request URL: {request.Method} {request.Path}.", null, "unknown_url"),
            };
        }
    }

    private FakeConversation Create(JsonNode? metadata)
    {
        var made = new FakeConversation($"conv_fake{_all.Count + 1:d4}", metadata?.DeepClone() ?? new JsonObject());
        _all[made.Id] = made;
        return made;
    }

    private Script Delete(string id)
    {
        _all.Remove(id);
        return Script.Json(200, JsonSerializer.Serialize(new { id, deleted = true, @object = "conversation.deleted" }));
    }

    private static Script List(FakeConversation conversation, bool ascending)
    {
        var items = conversation.Items.Select(item => item.DeepClone()).ToArray();
        if (!ascending)
        {
            Array.Reverse(items);
        }

        return Script.Json(200, new JsonObject { ["object"] = "list", ["data"] = new JsonArray(items), ["has_more"] = false }.ToJsonString());
    }

    private static Script Append(FakeConversation conversation, JsonArray items)
    {
        if (conversation.IsLocked)
        {
            return Locked();
        }

        if (items.Count is 0 or > MaxItems)
        {
            return Refuse(400, $"Invalid 'items': array too long. Expected an array with maximum length {MaxItems}.", "items", "array_above_max_length");
        }

        conversation.Items.AddRange(items.Select(item => item!.DeepClone()));
        return Script.Json(200, new JsonObject { ["object"] = "list", ["data"] = items.DeepClone() }.ToJsonString());
    }

    private static Script Remove(FakeConversation conversation, string item)
    {
        conversation.Items.RemoveAll(known => (string?)known["id"] == item);
        return Script.Json(200, conversation.ToJson());
    }

    private Script Respond(SeenRequest request)
    {
        var body = request.ReadNode();
        var id = body["conversation"] is JsonObject named ? (string?)named["id"] : (string?)body["conversation"];
        if (id is null || !_all.TryGetValue(id, out var conversation))
        {
            return Refuse(404, $"Conversation with id '{id}' not found.", "conversation", null);
        }

        if (conversation.IsLocked)
        {
            return Locked();
        }

        var input = body["input"]!.AsArray().Select(item => item!.DeepClone()).ToList();
        if (conversation.Poison(input) is { } poison)
        {
            return Refuse(400, poison, "input", null);
        }

        var turn = _turns.TryDequeue(out var next) ? next : Echo(conversation.Items.Concat(input));
        if (turn.Refusal is { } refusal)
        {
            return refusal;
        }

        conversation.Worker = request;
        return Answer(conversation, input, turn);
    }

    private static FakeTurn Echo(IEnumerable<JsonNode> items) =>
        new("heard " + string.Join(", ", items.Where(item => (string?)item["role"] == "user").Select(item => TextOf(item["content"]))));

    private Script Answer(FakeConversation conversation, List<JsonNode> input, FakeTurn turn)
    {
        var script = Script.Sse(ResponsesFrames.Created());
        var output = new List<JsonNode>();
        if (turn.Text is { } text)
        {
            script = script.Frames(ResponsesFrames.Delta(text, 1));
            output.Add(new JsonObject { ["type"] = "message", ["role"] = "assistant", ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = text }) });
        }

        script = turn.Gate is { } gate ? script.Wait(gate) : script;
        script = turn.Text is { } whole ? script.Frames(ResponsesFrames.MessageDone(whole, turn.Annotations)) : script;
        foreach (var (index, call) in turn.Calls.Index())
        {
            script = script.Frames(ResponsesFrames.CallDone(call.Id, call.Name, call.Arguments, index + 1));
            output.Add(new JsonObject { ["type"] = "function_call", ["id"] = string.Create(CultureInfo.InvariantCulture, $"fc_{call.Id}"), ["call_id"] = call.Id, ["name"] = call.Name, ["arguments"] = call.Arguments });
        }

        return script.Act(() => Complete(conversation, [.. input, .. output])).Frames(ResponsesFrames.Completed());
    }

    private void Complete(FakeConversation conversation, List<JsonNode> items)
    {
        lock (_gate)
        {
            conversation.Items.AddRange(items);
        }
    }
}
