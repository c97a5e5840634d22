namespace BfProxy.Demo;

/// <summary>A tool that the demo calls.</summary>
internal sealed record DemoCall(string Id, string Name, string Arguments);
