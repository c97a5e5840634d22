using System.Buffers;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>
/// Reads a Messages stream (providers.md 5.2). Events are told apart by their JSON; their SSE name counts for errors alone. What the model thinks is left out
/// of the text. A text delta costs no allocation.
/// </summary>
/// <param name="aggregate">Whether the completion will be asked for.</param>
/// <param name="time">Dates the completion.</param>
internal sealed class AnthropicReader(bool aggregate, TimeProvider time) : DialectReader
{
    private readonly FrameTemplate _template = new();
    private readonly AnthropicBlocks _blocks = new();
    private readonly AnthropicUsage _usage = new();
    private readonly NeutralCompletion? _completion = aggregate ? new NeutralCompletion(time.GetUtcNow()) : null;
    private AnthropicBlock? _textBlock;
    private byte[]? _stopReason;
    private string? _finish;
    private bool _hasMessage;
    private bool _isDone;

    public override Usage? UsageSoFar => _usage.Value;

    public override bool TryRead(in SseFrame frame, IStreamSink sink)
    {
        if (_isDone)
        {
            return true;
        }

        var isDelta = frame.EventType.IsEmpty || frame.EventType.SequenceEqual("content_block_delta"u8);
        if (isDelta && _template.TryMatch(frame.Data, out var text))
        {
            Emit(text, sink);
            return true;
        }

        var isEvent = AnthropicEvent.TryParse(frame.Data, out var read);
        if (read.IsError || frame.EventType.SequenceEqual("error"u8))
        {
            Fail(AnthropicErrors.Read(status: null, frame.Data), sink);
            return true;
        }

        if (isEvent)
        {
            _template.Forget();
            Apply(frame.Data, ref read, sink);
        }

        return isEvent;
    }

    public override void Complete(IStreamSink sink)
    {
        if (_isDone)
        {
            return;
        }

        if (_stopReason is null)
        {
            Fail(ProviderErrors.Truncated(), sink);
            return;
        }

        End(sink);
    }

    public override void WriteCompletion(IBufferWriter<byte> output)
    {
        if (_completion is null)
        {
            throw new InvalidOperationException("The reader was not made to aggregate.");
        }

        _completion.UsesFunctions = UsesFunctions;
        _completion.Write(output, _finish == "tool_calls" ? _blocks.ToCalls() : [], _finish ?? "stop", _usage.ToJson());
    }

    public override AnswerTurn ReadTurn() => TurnOf("anthropic", _finish == "tool_calls" ? _blocks.ToCalls() : [], WriteOwn(_blocks.Write));

    private void Apply(ReadOnlySpan<byte> frame, scoped ref AnthropicEvent read, IStreamSink sink)
    {
        if (read.Type.SequenceEqual("content_block_delta"u8))
        {
            ReadDelta(frame, ref read, sink);
        }
        else if (read.Type.SequenceEqual("content_block_start"u8))
        {
            StartBlock(ref read, sink);
        }
        else if (read.Type.SequenceEqual("message_start"u8))
        {
            StartMessage(read.Message);
        }
        else if (read.Type.SequenceEqual("message_delta"u8))
        {
            ReadMessageDelta(ref read);
        }
        else if (read.Type.SequenceEqual("message_stop"u8))
        {
            // Some compatible servers give no reason.
            _stopReason ??= _hasMessage ? [] : null;
            Complete(sink);
        }
    }

    private void ReadDelta(ReadOnlySpan<byte> frame, scoped ref AnthropicEvent read, IStreamSink sink)
    {
        if (read.Delta.IsEmpty)
        {
            return;
        }

        var delta = AnthropicDelta.Read(read.Delta);
        if (delta.Type.SequenceEqual("text_delta"u8))
        {
            Learn(frame, delta.Text);
            _textBlock = KeepsTurn ? _blocks.Find(read.Index) : null;
            Emit(delta.Text, sink);
        }
        else if (_blocks.Find(read.Index) is { } block)
        {
            block.Append(delta.Type.SequenceEqual("input_json_delta"u8) ? delta.PartialJson : delta.Thinking);
            block.AppendSignature(delta.Signature);
        }
    }

    private void Learn(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty && frame[^1] == '}')
        {
            _template.Learn(frame, [FrameHole.Of(frame, text), FrameHole.BeforeLastBrace(frame)]);
        }
    }

    private void StartBlock(scoped ref AnthropicEvent read, IStreamSink sink)
    {
        if (read.Block.IsEmpty)
        {
            return;
        }

        var block = AnthropicDelta.Read(read.Block);
        _blocks.Start(read.Index, block.Type, read.Block, KeepsTurn);
        if (block.Type.SequenceEqual("text"u8))
        {
            _textBlock = KeepsTurn ? _blocks.Find(read.Index) : null;
            Emit(block.Text, sink);
        }
    }

    private void StartMessage(ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty)
        {
            return;
        }

        _hasMessage = true;
        var reader = JsonTokens.Open(message);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            var name = reader.ValueSpan;
            var value = JsonTokens.TakeValue(ref reader, message);
            if (name.SequenceEqual("id"u8))
            {
                _completion?.Identify(JsonTokens.InsideOf(value), default);
            }
            else if (name.SequenceEqual("model"u8))
            {
                _completion?.Identify(default, JsonTokens.InsideOf(value));
            }
            else if (name.SequenceEqual("usage"u8) && value[0] == '{')
            {
                _usage.Merge(value);
            }
        }
    }

    private void ReadMessageDelta(scoped ref AnthropicEvent read)
    {
        if (!read.Usage.IsEmpty)
        {
            _usage.Merge(read.Usage);
        }

        if (!read.Delta.IsEmpty && AnthropicDelta.Read(read.Delta) is { StopReason.IsEmpty: false } delta)
        {
            _stopReason = delta.StopReason.ToArray();
        }
    }

    private void Emit(ReadOnlySpan<byte> text, IStreamSink sink)
    {
        if (!text.IsEmpty)
        {
            KeepText(text);
            _textBlock?.Append(text);
            _completion?.AppendContent(text);
            sink.Delta(text);
        }
    }

    private void End(IStreamSink sink)
    {
        _isDone = true;
        _finish = AnthropicFinish.Map(_stopReason, _blocks.HasCalls, _blocks.AreWhole);
        if (_finish == "tool_calls")
        {
            sink.ToolCalls(_blocks.ToCalls());
        }

        sink.End(_finish, _usage.Value, _usage.ToJson());
    }

    private void Fail(BfError error, IStreamSink sink)
    {
        _isDone = true;
        sink.Error(error);
    }
}
