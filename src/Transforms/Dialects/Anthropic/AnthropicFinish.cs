using System.Text;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>Anthropic's stop reasons in OpenAI's words (providers.md 6.4).</summary>
internal static class AnthropicFinish
{
    /// <summary>OpenAI's word. Calls are run whatever the reason says, unless one was cut off or the model refused.</summary>
    public static string Map(ReadOnlySpan<byte> reason, bool hasCalls, bool areWhole) => Encoding.UTF8.GetString(reason) switch
    {
        "refusal" => "content_filter",
        "max_tokens" or "model_context_window_exceeded" => hasCalls && areWhole ? "tool_calls" : "length",
        _ => hasCalls ? "tool_calls" : "stop",
    };
}
