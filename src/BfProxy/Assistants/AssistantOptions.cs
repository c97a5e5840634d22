namespace BfProxy.Assistants;

/// <summary><c>BfProxy:Assistants:&lt;id&gt;</c>: what a request with this <c>assistant_id</c> need not say itself.</summary>
internal sealed class AssistantOptions
{
    /// <summary>The model, or an alias of the provider's.</summary>
    public string? Model { get; init; }

    /// <summary>What the model is told with every run.</summary>
    public string? Instructions { get; init; }

    /// <summary>What the model may call.</summary>
    public List<AssistantTool> Tools { get; init; } = [];
}
