namespace BfProxy.Transforms.Contract;

internal enum ToolChoiceMode
{
    Auto,
    None,

    /// <summary>Some tool must be called.</summary>
    Required,

    /// <summary>A choice that only OpenAI knows; see <see cref="ToolChoice.Source"/>.</summary>
    Opaque,
}
