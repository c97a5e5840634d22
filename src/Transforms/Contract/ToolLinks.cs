namespace BfProxy.Transforms.Contract;

/// <summary>Joins the calls of a conversation with their results.</summary>
internal static class ToolLinks
{
}
