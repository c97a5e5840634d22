using System.Buffers;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>Google's Gemini API (providers.md 4).</summary>
/// <param name="time">Dates aggregated answers.</param>
internal sealed class GeminiDialect(TimeProvider time) : IDialect
{
    public string Name => "gemini";

    public bool TryWriteRequest(ChatRequest request, string model, ModelTraits traits, bool stream, IBufferWriter<byte> body, out NativeRequest native, out BfError? error)
    {
        native = stream ? Native(model, "streamGenerateContent", "?alt=sse") : Native(model, "generateContent", "");
        return GeminiRequestWriter.TryWrite(request, traits, body, out error);
    }

    /// <summary>A part in Gemini's own form is the caller's word to Gemini.</summary>
    public IReadOnlyList<RemoteMedia> MediaToFetch(ChatRequest request) =>
        RemoteMedia.Find(request, static media => media.Form is not WireForm.Gemini && !GeminiFileUri.IsKnown(media.Url!));

    public DialectReader CreateReader(bool aggregate) => new GeminiReader(aggregate, time);

    public BfError ReadError(int status, ReadOnlySpan<byte> body) => GeminiErrors.Read(status, body);

    private static NativeRequest Native(string model, string method, string query)
    {
        // Model lists name models with their collection, and people copy that.
        const string Collection = "models/";
        var id = model.StartsWith(Collection, StringComparison.Ordinal) ? model[Collection.Length..] : model;
        return new NativeRequest($"/v1beta/{Collection}{Uri.EscapeDataString(id)}:{method}", query, "x-goog-api-key", "");
    }
}
