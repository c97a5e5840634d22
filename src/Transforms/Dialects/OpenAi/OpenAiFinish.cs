using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>Finish reasons of OpenAI, and of compatible providers that have words of their own.</summary>
internal static class OpenAiFinish
{
    /// <summary>OpenAI's word of today; null where the reason is a failure.</summary>
    public static string? Map(ReadOnlySpan<byte> word)
    {
        if (word.SequenceEqual("length"u8) || word.SequenceEqual("model_length"u8) || word.SequenceEqual("max_tokens"u8))
        {
            return "length";
        }

        if (word.SequenceEqual("tool_calls"u8) || word.SequenceEqual("function_call"u8))
        {
            return "tool_calls";
        }

        if (word.SequenceEqual("error"u8))
        {
            return null;
        }

        return word.SequenceEqual("content_filter"u8) ? "content_filter" : "stop";
    }

    public static BfError Failure() => new()
    {
        Status = 502,
        Kind = BfErrorKind.Server,
        Message = "The provider ended the answer with an error.",
        ProviderCode = "error",
    };
}
