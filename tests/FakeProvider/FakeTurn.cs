namespace FakeProvider;

/// <summary>What the model of a <see cref="FakeConversations"/> says when it is asked next.</summary>
/// <param name="Text">Its words; null for none.</param>
public sealed record FakeTurn(string? Text)
{
    /// <summary>Calls of tools: id, name, arguments.</summary>
    public IReadOnlyList<(string Id, string Name, string Arguments)> Calls { get; init; } = [];

    /// <summary>Raw array of annotations of the text.</summary>
    public string Annotations { get; init; } = "[]";

    /// <summary>Held here after the words, before the answer is over.</summary>
    public Gate? Gate { get; init; }

    /// <summary>Instead of an answer.</summary>
    public Script? Refusal { get; init; }
}
