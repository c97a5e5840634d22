using System.Buffers;
using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Token counts as OpenAI's <c>usage</c> object, for providers that count in words of their own and for sums of several answers.</summary>
public static class UsageJson
{
    /// <summary>Writes <c>{"prompt_tokens","completion_tokens","total_tokens","prompt_tokens_details","completion_tokens_details"}</c>.</summary>
    /// <param name="output">Receives the object.</param>
    /// <param name="usage">The counts.</param>
    public static void Write(IBufferWriter<byte> output, Usage usage)
    {
        using var writer = new Utf8JsonWriter(output);
        Write(writer, usage);
    }

    /// <summary>The same, as a value of the writer's document.</summary>
    /// <param name="writer">Stands where a value may stand.</param>
    /// <param name="usage">The counts.</param>
    public static void Write(Utf8JsonWriter writer, Usage usage)
    {
        writer.WriteStartObject();
        writer.WriteNumber("prompt_tokens"u8, usage.PromptTokens);
        writer.WriteNumber("completion_tokens"u8, usage.CompletionTokens);
        writer.WriteNumber("total_tokens"u8, usage.PromptTokens + usage.CompletionTokens);
        writer.WriteStartObject("prompt_tokens_details"u8);
        writer.WriteNumber("cached_tokens"u8, usage.CachedTokens);
        writer.WriteEndObject();
        writer.WriteStartObject("completion_tokens_details"u8);
        writer.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokens);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
