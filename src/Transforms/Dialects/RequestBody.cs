using System.Buffers;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>Writes a native body once, straight into the caller's buffer; only a request with <c>providerArgs</c> takes a second pass.</summary>
internal static class RequestBody
{
    /// <summary>Writes the body's object.</summary>
    public delegate void BodyWriter(Utf8JsonWriter writer, ChatRequest request, FaultSink faults);

    /// <summary>Writes the body of <paramref name="request"/>.</summary>
    /// <param name="request">The uniform request.</param>
    /// <param name="traits">What is special about the model that it goes to.</param>
    /// <param name="reserved">Members that <c>providerArgs</c> may not touch: they were validated and decide how the answer is read.</param>
    /// <param name="output">Receives the body; to be discarded where the result is false.</param>
    /// <param name="write">Writes the body's object for the request as the model takes it.</param>
    /// <param name="error">What could not be said.</param>
    public static bool TryWrite(
        ChatRequest request, ModelTraits traits, ReadOnlySpan<string> reserved, IBufferWriter<byte> output, BodyWriter write, out BfError? error)
    {
        var faults = new FaultSink();
        if (ModelFit.Apply(request, traits, faults) is not { } fitted)
        {
            error = faults.First?.ToError();
            return false;
        }

        if (request.ProviderArgs is not { } args)
        {
            using var writer = new Utf8JsonWriter(output, JsonCopy.WriterOptions);
            write(writer, fitted, faults);
            error = faults.First?.ToError();
            return error is null;
        }

        foreach (var name in reserved)
        {
            if (args.TryGetProperty(name, out _))
            {
                faults.Fail(FieldPath.Payload.Member("providerArgs").Member(name), "cannot be set here.");
            }
        }

        WriteMerged(fitted, args, output, write, faults);
        error = faults.First?.ToError();
        return error is null;
    }

    private static void WriteMerged(ChatRequest request, JsonElement args, IBufferWriter<byte> output, BodyWriter write, FaultSink faults)
    {
        var plain = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(plain, JsonCopy.WriterOptions))
        {
            write(writer, request, faults);
        }

        if (faults.First is null)
        {
            using var document = JsonDocument.Parse(plain.WrittenMemory, new JsonDocumentOptions { MaxDepth = 2 * JsonCopy.MaxDepth });
            using var writer = new Utf8JsonWriter(output, JsonCopy.WriterOptions);
            Merge(writer, document.RootElement, args);
        }
    }

    // Objects are merged member by member; everything else is replaced.
    private static void Merge(Utf8JsonWriter writer, JsonElement under, JsonElement over)
    {
        writer.WriteStartObject();
        foreach (var member in under.EnumerateObject())
        {
            if (!over.TryGetProperty(member.Name, out var replacement))
            {
                JsonCopy.Write(writer, member);
            }
            else if (replacement.ValueKind is JsonValueKind.Object && member.Value.ValueKind is JsonValueKind.Object)
            {
                writer.WritePropertyName(member.Name);
                Merge(writer, member.Value, replacement);
            }
            else
            {
                writer.WritePropertyName(member.Name);
                JsonCopy.Write(writer, replacement);
            }
        }

        foreach (var member in over.EnumerateObject())
        {
            if (!under.TryGetProperty(member.Name, out _))
            {
                JsonCopy.Write(writer, member);
            }
        }

        writer.WriteEndObject();
    }
}
