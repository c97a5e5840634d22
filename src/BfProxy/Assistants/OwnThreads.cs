using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BfProxy.Backplane;
using BfProxy.Configuration;

namespace BfProxy.Assistants;

/// <summary>The threads that we keep, for providers that keep none: the messages of each app's threads, in the state that all nodes share.</summary>
internal sealed class OwnThreads(IStateStore store, Settings<ThreadsOptions> options)
{
    public const string IdPrefix = "bft_";

    private const string KeyPrefix = "assistants:thread:";
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public int MaxBytes => options.Current.MaxBytes;

    /// <summary>The messages of a thread, or null where the app has no such thread.</summary>
    public async ValueTask<byte[]?> ReadAsync(string app, string id, CancellationToken cancellationToken) =>
        id.StartsWith(IdPrefix, StringComparison.Ordinal) ? await store.GetAsync(KeyOf(app, id), cancellationToken) : null;

    /// <summary>Writes a thread, or removes it.</summary>
    public async ValueTask WriteAsync(string app, string id, byte[]? messages, CancellationToken cancellationToken)
    {
        if (messages is null)
        {
            await store.TakeAsync(KeyOf(app, id), cancellationToken);
        }
        else
        {
            await store.SetAsync(KeyOf(app, id), messages, options.Current.TimeToLive, cancellationToken);
        }
    }

    /// <summary>Messages as they are kept: the oldest turns give way where there are more than may be kept. A turn begins with a user's message.</summary>
    public byte[] Pack(List<JsonElement> messages)
    {
        var first = 0;
        while (true)
        {
            var packed = Write(messages, first);
            if (packed.Length <= MaxBytes || first >= messages.Count)
            {
                return packed;
            }

            first++;
            while (first < messages.Count && !IsUsers(messages[first]))
            {
                first++;
            }
        }
    }

    private static byte[] Write(List<JsonElement> messages, int first)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, Relaxed))
        {
            writer.WriteStartArray();
            foreach (var message in messages.Skip(first))
            {
                message.WriteTo(writer);
            }

            writer.WriteEndArray();
        }

        return json.WrittenSpan.ToArray();
    }

    private static bool IsUsers(JsonElement message) => message.TryGetProperty("role", out var role) && role.ValueKind == JsonValueKind.String && role.ValueEquals("user"u8);

    private static string KeyOf(string app, string id) => $"{KeyPrefix}{app}:{id}";
}
