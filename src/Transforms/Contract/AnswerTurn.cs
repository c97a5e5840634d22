using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>
/// What the model said in one round of a conversation with tools, as the reader of its stream gives it after the end. It is sent back with the results of
/// its calls; see <see cref="ChatRequest.Continue"/>.
/// </summary>
/// <param name="Dialect">Name of the dialect that read it.</param>
/// <param name="Text">The text, empty where there was none.</param>
/// <param name="Calls">The calls that are to be run; empty where the model made none.</param>
public sealed record AnswerTurn(string Dialect, string Text, IReadOnlyList<ToolCall> Calls)
{
    /// <summary>What only the same dialect can say again: thoughts with their signatures, items. Undefined where there is nothing of the kind.</summary>
    internal JsonElement Own { get; init; }

    /// <summary>The turn as another model or provider may see it: signatures and thoughts are good for the model alone that made them.</summary>
    public AnswerTurn ForAnother() => this with { Own = default, Calls = [.. Calls.Select(static call => call with { ThoughtSignature = null })] };
}
