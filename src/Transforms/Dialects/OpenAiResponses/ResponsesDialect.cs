using System.Buffers;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAiResponses;

/// <summary>OpenAI's Responses, asked without memory: the whole conversation goes with each request and nothing is stored (providers.md 3).</summary>
/// <param name="time">Dates aggregated answers.</param>
internal sealed class ResponsesDialect(TimeProvider time) : IDialect
{
    private static readonly NativeRequest Native = new("/v1/responses", "", "Authorization", "Bearer ");

    public string Name => "openai-responses";

    public bool TryWriteRequest(
        ChatRequest request, string model, ModelTraits traits, bool stream, IBufferWriter<byte> body, out NativeRequest native, out BfError? error)
    {
        native = Native;
        return ResponsesRequestWriter.TryWrite(request, model, traits, stream, body, out error);
    }

    /// <summary>It fetches all by itself.</summary>
    public IReadOnlyList<RemoteMedia> MediaToFetch(ChatRequest request) => [];

    public DialectReader CreateReader(bool aggregate) => new ResponsesReader(aggregate, time);

    public BfError ReadError(int status, ReadOnlySpan<byte> body) => OpenAiErrors.Read(status, body);
}
