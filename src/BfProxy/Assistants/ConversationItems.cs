using System.Buffers;
using System.Text.Json;

namespace BfProxy.Assistants;

/// <summary>Items of OpenAI's conversations, raw JSON each.</summary>
internal static class ConversationItems
{
    /// <summary>As many as the provider takes with one request.</summary>
    public const int MaxAtOnce = 20;

    /// <summary>The raw <c>input</c> of a request.</summary>
    public static byte[] InputOf(ReadOnlyMemory<byte> request)
    {
        using var document = JsonDocument.Parse(request, new JsonDocumentOptions { MaxDepth = 256 });
        return document.RootElement.TryGetProperty("input", out var input) ? System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(input).ToArray() : "[]"u8.ToArray();
    }

    /// <summary>What a request said, and what was answered to it so far.</summary>
    /// <param name="input">Raw array.</param>
    /// <param name="answer">The inside of a JSON string; may be empty.</param>
    public static IReadOnlyList<byte[]> Of(ReadOnlyMemory<byte> input, ReadOnlySpan<byte> answer)
    {
        using var document = JsonDocument.Parse(input, new JsonDocumentOptions { MaxDepth = 256 });
        var items = document.RootElement.EnumerateArray().Select(Typed).ToList();
        if (!answer.IsEmpty)
        {
            items.Add([.. "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\""u8, .. answer, .. "\"}]}"u8]);
        }

        return items;
    }

    public static byte[] Result(string callId, string output) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("type", "function_call_output");
        writer.WriteString("call_id", callId);
        writer.WriteString("output", output);
        writer.WriteEndObject();
    });

    /// <summary>The ids of calls in a list of items that have no result in it.</summary>
    public static IReadOnlyList<string> OpenCalls(JsonElement list)
    {
        if (!list.TryGetProperty("data", out var items) || items.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        var results = Ids(items, "function_call_output"u8).ToHashSet(StringComparer.Ordinal);
        return [.. Ids(items, "function_call"u8).Where(call => !results.Contains(call))];
    }

    public static byte[] Body(IEnumerable<byte[]> items) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("items");
        foreach (var item in items)
        {
            writer.WriteRawValue(item, skipInputValidation: true);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>A message of a request may leave its type out; an item may not.</summary>
    private static byte[] Typed(JsonElement item) => item.TryGetProperty("type", out _)
        ? System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(item).ToArray()
        : [.. "{\"type\":\"message\","u8, .. System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(item)[1..]];

    private static List<string> Ids(JsonElement items, ReadOnlySpan<byte> type)
    {
        var ids = new List<string>();
        foreach (var item in items.EnumerateArray())
        {
            if (item.TryGetProperty("type", out var kind) && kind.ValueEquals(type) && item.TryGetProperty("call_id", out var id))
            {
                ids.Add(id.GetString()!);
            }
        }

        return ids;
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            write(writer);
        }

        return json.WrittenSpan.ToArray();
    }
}
