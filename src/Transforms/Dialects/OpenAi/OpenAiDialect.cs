using System.Buffers;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>OpenAI's Chat Completions and everything compatible with them (providers.md 1).</summary>
internal sealed class OpenAiDialect : IDialect
{
    private static readonly NativeRequest Native = new("/v1/chat/completions", "", "Authorization", "Bearer ");

    public string Name => "openai";

    public bool TryWriteRequest(ChatRequest request, string model, ModelTraits traits, bool stream, IBufferWriter<byte> body, out NativeRequest native, out BfError? error)
    {
        native = Native;
        return OpenAiRequestWriter.TryWrite(request, model, traits, stream, body, out error);
    }

    /// <summary>It fetches images, and no documents.</summary>
    public IReadOnlyList<RemoteMedia> MediaToFetch(ChatRequest request) =>
        RemoteMedia.Find(request, static media => media is { Kind: MediaKind.File, Form: not WireForm.OpenAi });

    public DialectReader CreateReader(bool aggregate) => new OpenAiReader(aggregate);

    public BfError ReadError(int status, ReadOnlySpan<byte> body) => OpenAiErrors.Read(status, body);
}
