using System.Buffers;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>Writes the body of a <c>generateContent</c> request.</summary>
internal static class GeminiRequestWriter
{
    /// <summary>Writes the body as UTF-8 JSON.</summary>
    /// <returns>False where the request cannot be said to Gemini; <paramref name="error"/> names the field.</returns>
    internal static bool TryWrite(ChatRequest request, string model, bool stream, IBufferWriter<byte> body, out BfError? error)
    {
        error = null;
        return true;
    }
}
