using System.Buffers;
using System.Text.Json;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Dialects;

/// <summary>
/// Reads the frames of one provider stream and tells a sink what they mean. Holds the state of one attempt; used by one thread at a time.
/// Emits exactly one <see cref="IStreamSink.End"/> or <see cref="IStreamSink.Error"/>, at the latest in <see cref="Complete"/>.
/// </summary>
public abstract class DialectReader
{
    private GrowingString? _turnText;

    /// <summary>
    /// Whether the request offered deprecated <c>functions</c>, so that the completion names the first call <c>function_call</c>.
    /// Further calls have no place in that form and stay <c>tool_calls</c>. Events do not differ.
    /// </summary>
    public bool UsesFunctions { get; set; }

    /// <summary>Whether <see cref="ReadTurn"/> will be asked for; to be set before the first frame. It costs the text once more, so a stream without tools has it off.</summary>
    public bool KeepsTurn { get; set; }

    /// <summary>Token counts that the provider has told so far; they may be running totals of an answer that is not over.</summary>
    public virtual Usage? UsageSoFar => null;

    /// <summary>Reads one frame. After the terminal call, further frames are ignored.</summary>
    /// <returns>False where the frame is not of the provider's format; it was skipped and changed nothing.</returns>
    public abstract bool TryRead(in SseFrame frame, IStreamSink sink);

    /// <summary>The provider closed the stream. Without its own end before, that is an error (<c>Truncated</c>).</summary>
    public abstract void Complete(IStreamSink sink);

    /// <summary>
    /// Writes the one <c>chat.completion</c> object that the stream amounts to. Only for a reader made with <c>aggregate</c>, after <see cref="IStreamSink.End"/>.
    /// </summary>
    public abstract void WriteCompletion(IBufferWriter<byte> output);

    /// <summary>What the model said, to be sent back with the results of its calls. Only with <see cref="KeepsTurn"/>, after <see cref="IStreamSink.End"/>.</summary>
    public abstract AnswerTurn ReadTurn();

    /// <summary>Adds text of the answer to the turn, where it is kept.</summary>
    private protected void KeepText(ReadOnlySpan<byte> inside)
    {
        if (KeepsTurn)
        {
            (_turnText ??= new GrowingString()).Append(inside);
        }
    }

    /// <summary>The turn, with the text that was kept.</summary>
    private protected AnswerTurn TurnOf(string dialect, IReadOnlyList<ToolCall> calls, JsonElement own)
    {
        if (!KeepsTurn)
        {
            throw new InvalidOperationException("The reader was not told to keep the turn.");
        }

        return new AnswerTurn(dialect, _turnText is null ? string.Empty : StringBody.Unescape(_turnText.Inside), calls) { Own = own };
    }

    /// <summary>What a dialect writes of the turn for itself.</summary>
    private protected static JsonElement WriteOwn(Action<Utf8JsonWriter> write)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, JsonCopy.WriterOptions))
        {
            write(writer);
        }

        using var document = JsonDocument.Parse(json.WrittenMemory, new JsonDocumentOptions { MaxDepth = 2 * JsonCopy.MaxDepth });
        return document.RootElement.Clone();
    }
}
