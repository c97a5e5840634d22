namespace BfProxy.Transforms.Contract;

/// <summary>Whose form a piece of the request is written in. A writer of the same form copies it; others translate its neutral parts.</summary>
internal enum WireForm
{
    OpenAi,
    Gemini,
    Anthropic,
}
