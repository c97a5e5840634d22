using System.Buffers;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>
/// Reads a stream of OpenAI's Chat Completions and of providers compatible with it (providers.md 1.5). Text chunks that differ in their text alone are
/// recognised by template; everything else is read in full. A text delta costs no allocation.
/// </summary>
internal sealed class OpenAiReader(bool aggregate) : DialectReader
{
    private readonly FrameTemplate _template = new();
    private readonly OpenAiToolCalls _calls = new();
    private readonly OpenAiThoughts _thoughts = new();
    private readonly OpenAiUsage _usage = new();
    private readonly OpenAiCompletion? _completion = aggregate ? new OpenAiCompletion() : null;
    private string? _finish;
    private bool _hasChoice;
    private bool _isCalling;
    private bool _isDone;

    public override Usage? UsageSoFar => _usage.Read();

    public override bool TryRead(in SseFrame frame, IStreamSink sink)
    {
        if (_isDone)
        {
            return true;
        }

        var data = frame.Data;
        if (frame.EventType.IsEmpty && _template.TryMatch(data, out var content))
        {
            _completion?.AppendContent(content);
            Emit(content, sink);
            return true;
        }

        if (data.Trim(" \t\r\n"u8).SequenceEqual("[DONE]"u8))
        {
            EndAtDone(sink);
            return true;
        }

        return TryReadChunk(frame, sink);
    }

    public override void Complete(IStreamSink sink)
    {
        if (_isDone)
        {
            return;
        }

        if (_finish is null)
        {
            Fail(ProviderErrors.Truncated(), sink);
        }
        else
        {
            End(sink);
        }
    }

    public override void WriteCompletion(IBufferWriter<byte> output)
    {
        if (_completion is null)
        {
            throw new InvalidOperationException("The reader was not made to aggregate.");
        }

        _completion.Write(output, UsesFunctions);
    }

    public override AnswerTurn ReadTurn() => TurnOf("openai", _isCalling ? _calls.ToCalls() : [], WriteOwn(_thoughts.Write));

    private void Emit(ReadOnlySpan<byte> text, IStreamSink sink)
    {
        if (!text.IsEmpty)
        {
            KeepText(text);
            sink.Delta(text);
        }
    }

    private bool TryReadChunk(in SseFrame frame, IStreamSink sink)
    {
        var isErrorEvent = frame.EventType.SequenceEqual("error"u8);
        var isChunk = OpenAiChunk.TryParse(frame.Data, out var chunk);
        if (isErrorEvent || chunk.IsError)
        {
            Fail(OpenAiErrors.Read(status: null, frame.Data), sink);
            return true;
        }

        if (!isChunk)
        {
            return false;
        }

        Learn(frame.Data, ref chunk);
        _completion?.Merge(frame.Data);
        if (KeepsTurn)
        {
            _thoughts.Merge(frame.Data);
        }

        Apply(ref chunk, sink);
        return true;
    }

    private void Learn(ReadOnlySpan<byte> frame, scoped ref OpenAiChunk chunk)
    {
        _template.Forget();
        if (!chunk.IsPlainText)
        {
            return;
        }

        var content = FrameHole.Of(frame, chunk.Content);
        if (chunk.Padding.IsEmpty)
        {
            _template.Learn(frame, [content]);
            return;
        }

        var padding = FrameHole.Of(frame, chunk.Padding);
        if (padding.Start > content.Start)
        {
            _template.Learn(frame, [content, padding]);
        }
    }

    private void Apply(scoped ref OpenAiChunk chunk, IStreamSink sink)
    {
        _hasChoice |= chunk.HasChoice;
        Emit(chunk.Content, sink);
        Emit(chunk.Refusal, sink);
        if (!chunk.ToolCalls.IsEmpty)
        {
            _calls.Merge(chunk.ToolCalls);
        }

        if (!chunk.FunctionCall.IsEmpty)
        {
            _calls.MergeLegacy(chunk.FunctionCall);
        }

        if (!chunk.Usage.IsEmpty)
        {
            _usage.Keep(chunk.Usage);
        }

        if (chunk.FinishReason.IsEmpty)
        {
            return;
        }

        _finish = OpenAiFinish.Map(chunk.FinishReason);
        if (_finish is null)
        {
            Fail(OpenAiFinish.Failure(), sink);
        }
    }

    private void EndAtDone(IStreamSink sink)
    {
        if (_finish is null && !_hasChoice)
        {
            Fail(ProviderErrors.Truncated(), sink);
            return;
        }

        End(sink);
    }

    private void End(IStreamSink sink)
    {
        _isDone = true;
        var finish = _finish is null or "tool_calls" ? "stop" : _finish;

        // Forced calls come with "stop", so the calls decide; but one whose arguments were cut off is not to be run.
        if (_calls.Any && (_finish is "stop" or "tool_calls" || _calls.AreWhole))
        {
            finish = "tool_calls";
            _isCalling = true;
            sink.ToolCalls(_calls.ToCalls());
        }

        sink.End(finish, _usage.Read(), _usage.Json);
    }

    private void Fail(BfError error, IStreamSink sink)
    {
        _isDone = true;
        sink.Error(error);
    }
}
