using System.Buffers;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>Anthropic's Messages (providers.md 5).</summary>
/// <param name="time">Dates aggregated answers.</param>
internal sealed class AnthropicDialect(TimeProvider time) : IDialect
{
    // The newer version takes no sampling parameters at all; this one takes them where the model does.
    private const string Version = "2023-06-01";

    private static readonly NativeRequest Native = new("/v1/messages", "", "x-api-key", "") { Headers = [new("anthropic-version", Version)] };

    public string Name => "anthropic";

    public bool TryWriteRequest(ChatRequest request, string model, ModelTraits traits, bool stream, IBufferWriter<byte> body, out NativeRequest native, out BfError? error)
    {
        native = Native;
        return AnthropicRequestWriter.TryWrite(request, model, traits, stream, body, out error);
    }

    /// <summary>It fetches all by itself.</summary>
    public IReadOnlyList<RemoteMedia> MediaToFetch(ChatRequest request) => [];

    public DialectReader CreateReader(bool aggregate) => new AnthropicReader(aggregate, time);

    public BfError ReadError(int status, ReadOnlySpan<byte> body) => AnthropicErrors.Read(status, body);
}
