using System.Buffers;
using System.Runtime.InteropServices;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Dialects.OpenAiResponses;

/// <summary>
/// Reads a stream of OpenAI's Responses (providers.md 3.2). There is no <c>[DONE]</c>: one of the last events is the end. What the model thinks is left out of
/// the text; calls are taken when their item is done. A text delta costs no allocation.
/// </summary>
/// <param name="aggregate">Whether the completion will be asked for.</param>
/// <param name="time">Dates the completion where the provider does not.</param>
internal sealed class ResponsesReader(bool aggregate, TimeProvider time) : DialectReader
{
    private readonly FrameTemplate _template = new();
    private readonly List<FrameHole> _holes = [];
    private readonly ResponsesItems _items = new();
    private readonly ResponsesUsage _usage = new();
    private readonly NeutralCompletion? _completion = aggregate ? new NeutralCompletion(time.GetUtcNow()) : null;
    private string? _finish;
    private bool _isDone;

    public override Usage? UsageSoFar => _usage.Value;

    public override bool TryRead(in SseFrame frame, IStreamSink sink)
    {
        if (_isDone)
        {
            return true;
        }

        var isDelta = frame.EventType.IsEmpty || frame.EventType.SequenceEqual("response.output_text.delta"u8);
        if (isDelta && _template.TryMatch(frame.Data, out var text))
        {
            Emit(text, sink);
            return true;
        }

        var isEvent = ResponsesEvent.TryParse(frame.Data, out var read);
        if (read.IsError || frame.EventType.SequenceEqual("error"u8))
        {
            Fail(OpenAiErrors.Read(status: null, frame.Data), sink);
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
        if (!_isDone)
        {
            Fail(ProviderErrors.Truncated(), sink);
        }
    }

    public override void WriteCompletion(IBufferWriter<byte> output)
    {
        if (_completion is null)
        {
            throw new InvalidOperationException("The reader was not made to aggregate.");
        }

        _completion.UsesFunctions = UsesFunctions;
        _completion.Write(output, _finish == "tool_calls" ? _items.Calls : [], _finish ?? "stop", _usage.Json);
    }

    public override AnswerTurn ReadTurn() => TurnOf("openai-responses", _finish == "tool_calls" ? _items.Calls : [], WriteOwn(_items.Write));

    private void Apply(ReadOnlySpan<byte> frame, scoped ref ResponsesEvent read, IStreamSink sink)
    {
        if (read.Type.SequenceEqual("response.output_text.delta"u8))
        {
            Learn(frame, ref read);
            Emit(read.Delta, sink);
        }
        else if (read.Type.SequenceEqual("response.refusal.delta"u8))
        {
            EmitRefusal(read.Delta, sink);
        }
        else if (read.Type.SequenceEqual("response.output_item.done"u8))
        {
            AddItem(read.Item);
        }
        else if (!read.Response.IsEmpty)
        {
            ReadResponse(read.Type, ResponsesBody.Read(read.Response), sink);
        }
    }

    private void Learn(ReadOnlySpan<byte> frame, scoped ref ResponsesEvent read)
    {
        if (read.Delta.IsEmpty)
        {
            return;
        }

        var text = FrameHole.Of(frame, read.Delta);
        _holes.Clear();
        _holes.Add(text);
        if (!read.Sequence.IsEmpty && !read.Sequence.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            Put(FrameHole.Of(frame, read.Sequence, FrameHoleKind.Number));
        }

        if (!read.Padding.IsEmpty)
        {
            Put(FrameHole.Of(frame, read.Padding));
        }

        if (_holes.Find(static hole => hole.Kind == FrameHoleKind.Text) == text)
        {
            _template.Learn(frame, CollectionsMarshal.AsSpan(_holes));
        }
    }

    // Keeps the holes in the order of the frame.
    private void Put(FrameHole hole)
    {
        var at = _holes.Count;
        while (at > 0 && _holes[at - 1].Start > hole.Start)
        {
            at--;
        }

        _holes.Insert(at, hole);
    }

    private void AddItem(ReadOnlySpan<byte> item)
    {
        if (!item.IsEmpty)
        {
            _items.Add(item, KeepsTurn);
        }
    }

    private void ReadResponse(ReadOnlySpan<byte> type, scoped ResponsesBody response, IStreamSink sink)
    {
        _completion?.Identify(response.Id, response.Model);
        if (_completion is not null && response.CreatedAt is { } created)
        {
            _completion.Created = created;
        }

        if (!response.Usage.IsEmpty)
        {
            _usage.Keep(response.Usage);
        }

        if (type.SequenceEqual("response.completed"u8) || type.SequenceEqual("response.incomplete"u8))
        {
            if (!response.Output.IsEmpty)
            {
                _items.AddMissing(response.Output, KeepsTurn);
            }

            End(response.IncompleteReason, type.SequenceEqual("response.incomplete"u8), sink);
        }
        else if (type.SequenceEqual("response.failed"u8) || type.SequenceEqual("response.cancelled"u8))
        {
            Fail(response.Error.IsEmpty ? ResponsesFinish.Failure() : OpenAiErrors.Read(status: null, response.Error), sink);
        }
    }

    private void Emit(ReadOnlySpan<byte> text, IStreamSink sink)
    {
        if (!text.IsEmpty)
        {
            KeepText(text);
            _completion?.AppendContent(text);
            sink.Delta(text);
        }
    }

    private void EmitRefusal(ReadOnlySpan<byte> text, IStreamSink sink)
    {
        if (!text.IsEmpty)
        {
            _completion?.AppendRefusal(text);
            sink.Delta(text);
        }
    }

    private void End(ReadOnlySpan<byte> reason, bool isIncomplete, IStreamSink sink)
    {
        _isDone = true;
        _finish = ResponsesFinish.Map(isIncomplete && reason.IsEmpty ? "unknown"u8 : reason, _items);
        if (_finish == "tool_calls")
        {
            sink.ToolCalls(_items.Calls);
        }

        sink.End(_finish, _usage.Value, _usage.Json);
    }

    private void Fail(BfError error, IStreamSink sink)
    {
        _isDone = true;
        sink.Error(error);
    }
}
