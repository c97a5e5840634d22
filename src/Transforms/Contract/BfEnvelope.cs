using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>
/// A request body, read leniently as FileMaker and people write JSON. It works over the caller's memory, which must stay unchanged until
/// <see cref="Dispose"/>; a <see cref="ChatRequest"/> read from it lives as long.
/// </summary>
public sealed class BfEnvelope : IDisposable
{
    private readonly JsonDocument _document;

    private BfEnvelope(JsonDocument document) => _document = document;

    /// <summary>The whole body, an object.</summary>
    public JsonElement Root => _document.RootElement;

    /// <summary>The request's <c>actionName</c> where it is a usable string, else <see langword="null"/>; never fails, for use in errors.</summary>
    public string? ActionName => ChatRequestReader.ActionNameOf(Root);

    /// <summary>Reads syntax only: valid UTF-8, JSON with comments and trailing commas, an object at the root.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out BfEnvelope? envelope, [NotNullWhen(false)] out RequestFault? fault)
    {
        envelope = LenientJson.TryParse(body, out var document, out fault) ? new BfEnvelope(document) : null;
        return envelope is not null;
    }

    /// <summary>Reads the app's key, the first thing to ask for: a caller without one learns nothing else.</summary>
    /// <param name="apiKey">The key, or <see langword="null"/> where it is absent.</param>
    /// <param name="fault">Why the field is no key.</param>
    public bool TryReadApiKey(out string? apiKey, [NotNullWhen(false)] out RequestFault? fault)
    {
        var faults = new FaultSink();
        apiKey = FieldReader.ReadKey(Root, FieldPath.Root, "apiKey", faults);
        fault = faults.First;
        return fault is null;
    }

    /// <summary>Reads <c>channels</c> of a request that is not a chat: one or more names.</summary>
    public bool TryReadChannels([NotNullWhen(true)] out IReadOnlyList<string>? channels, [NotNullWhen(false)] out RequestFault? fault)
    {
        var faults = new FaultSink();
        var names = ChannelNames.Read(Root, isRequired: true, faults);
        fault = faults.First;
        channels = fault is null ? names : null;
        return fault is null;
    }

    /// <summary>Reads and validates everything else of a chat request.</summary>
    public bool TryReadChat([NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out RequestFault? fault)
    {
        var faults = new FaultSink();
        request = ChatRequestReader.Read(Root, faults);
        fault = request is null ? faults.First ?? throw new InvalidOperationException("A request was refused without a reason.") : null;
        return request is not null;
    }

    /// <summary>The same request with more in its <c>payload</c>: fields that it lacks, and messages before its own. It stands on memory of its own.</summary>
    /// <param name="defaults">Names and raw JSON of fields; one that the payload has is left as it is.</param>
    /// <param name="earlier">Messages that come first, each raw JSON.</param>
    public BfEnvelope With(IReadOnlyList<KeyValuePair<string, string>> defaults, IReadOnlyList<JsonElement> earlier) =>
        new(LenientJson.TryParse(PayloadAddition.Write(Root, defaults, earlier), out var document, out _) ? document : throw new InvalidOperationException("A default is not JSON."));

    /// <summary>Returns the pooled memory of the parsed body.</summary>
    public void Dispose() => _document.Dispose();
}
