using System.Buffers;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>Stands before a stream's output while its call may still be made again: an error that comes before any content is held back, so that no channel hears of an attempt that another one replaces.</summary>
internal sealed class TentativeOutput(IStreamOutput output) : IStreamOutput
{
    private BfError? _held;
    private bool _isFinal;
    private FirstTokenRace? _race;
    private Round? _round;
    private ArrayBufferWriter<byte>? _text;
    private bool _isMoreThanText;
    private bool _follows;

    /// <summary>Whether this attempt brought content; earlier rounds do not count.</summary>
    public bool HasContent { get; private set; }

    public bool IsOver => output.IsOver;

    public BfError? Failure => _held ?? output.Failure;

    public CancellationToken Abandoned => output.Abandoned;

    /// <summary>No other attempt will come: the next error goes out, in place of what was held back.</summary>
    public void Release() => _isFinal = true;

    /// <summary>What was said so far, where that is kept and is all that came; else null.</summary>
    public string? Said => _text is { WrittenCount: > 0 } && !_isMoreThanText ? Unescape(_text.WrittenSpan) : null;

    /// <summary>Keeps the text, so that another attempt may go on with an answer that breaks off; its error is held back too then.</summary>
    public void KeepText() => _text ??= new ArrayBufferWriter<byte>();

    /// <summary>This answer goes on with one that broke off, so that its provider's own account is not that of the whole.</summary>
    public void Follow() => _follows = true;

    /// <summary>Another attempt is made at the same time; only the content of the first to bring any goes on.</summary>
    public void Enter(FirstTokenRace race, Round round) => (_race, _round) = (race, round);

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        if (Begins())
        {
            _text?.Write(escapedText);
            output.Delta(escapedText);
        }
    }

    public void ToolCalls(IReadOnlyList<ToolCall> calls)
    {
        if (Begins())
        {
            _isMoreThanText = true;
            output.ToolCalls(calls);
        }
    }

    public void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson)
    {
        if (Begins())
        {
            output.End(finishReason, usage, _follows ? default : usageJson);
        }
    }

    public void Error(BfError error)
    {
        if (_isFinal || HasContent && Said is null)
        {
            _held = null;
            output.Error(error);
        }
        else
        {
            _held = error;
        }
    }

    public void Reads(ResponseReader answer) => output.Reads(answer);

    public void Event(ReadOnlySpan<byte> json) => output.Event(json);

    public void Flush()
    {
        // Two attempts must not touch the output at once.
        if (HasContent || _race is null)
        {
            output.Flush();
        }
    }

    public void Stopped() => output.Stopped();

    public void Dispose() => output.Dispose();

    private static string? Unescape(ReadOnlySpan<byte> escaped)
    {
        try
        {
            return JsonSerializer.Deserialize<string>([(byte)'"', .. escaped, (byte)'"']);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // It broke off between the halves of a character.
            return null;
        }
    }

    /// <summary>Whether content may go on.</summary>
    private bool Begins() => HasContent || (HasContent = _race?.TryWin(_round!) ?? true);
}
