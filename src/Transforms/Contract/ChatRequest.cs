namespace BfProxy.Transforms.Contract;

/// <summary>The uniform chat request, validated and provider-neutral.</summary>
public sealed class ChatRequest;
