namespace BfProxy.Demo;

/// <summary>What a tool that was called said.</summary>
internal sealed record DemoToolResult(string Name, string Content);
