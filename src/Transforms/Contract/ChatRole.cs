namespace BfProxy.Transforms.Contract;

/// <summary>Who speaks, whatever the provider calls them.</summary>
internal enum ChatRole
{
    /// <summary>OpenAI's <c>system</c> and <c>developer</c>.</summary>
    System,

    User,

    /// <summary>Also Gemini's <c>model</c>.</summary>
    Assistant,

    /// <summary>Results of tools and nothing else; also OpenAI's <c>function</c>, and the results inside Gemini's and Anthropic's user turns.</summary>
    Tool,
}
