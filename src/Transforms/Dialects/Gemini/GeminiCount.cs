namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>The counts of <c>usageMetadata</c> that matter; totals and details follow from them.</summary>
internal enum GeminiCount
{
    Other,
    Prompt,
    ToolUsePrompt,
    Candidates,
    Thoughts,
    Cached,
}
