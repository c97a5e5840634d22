using System.Buffers;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>Writes the body of a Chat Completions request.</summary>
internal static class OpenAiRequestWriter
{
    /// <summary>Writes the body as UTF-8 JSON.</summary>
    /// <returns>False where the request cannot be said to OpenAI; <paramref name="error"/> names the field.</returns>
    internal static bool TryWrite(ChatRequest request, string model, bool stream, IBufferWriter<byte> body, out BfError? error)
    {
        error = null;
        return true;
    }
}
