using System.Buffers;
using System.Runtime.InteropServices;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>
/// Reads a <c>streamGenerateContent</c> stream (providers.md 4.3). There is no end marker: the answer is over when the provider closes after a finish reason,
/// because usage may follow it. A text delta costs no allocation.
/// </summary>
/// <param name="aggregate">Whether the completion will be asked for.</param>
/// <param name="time">Dates the completion.</param>
internal sealed class GeminiReader(bool aggregate, TimeProvider time) : DialectReader
{
    private readonly FrameTemplate _template = new();
    private readonly List<FrameHole> _holes = [];
    private readonly List<ToolCall> _calls = [];
    private readonly GeminiUsage _usage = new();
    private readonly NeutralCompletion? _completion = aggregate ? new NeutralCompletion(time.GetUtcNow()) : null;
    private byte[]? _finishReason;
    private byte[] _finishMessage = [];
    private string? _finish;
    private bool _hasText;
    private bool _isBlocked;
    private bool _isDone;

    public override Usage? UsageSoFar => _usage.Value;

    public override bool TryRead(in SseFrame frame, IStreamSink sink)
    {
        if (_isDone)
        {
            return true;
        }

        if (frame.EventType.IsEmpty && _template.TryMatch(frame.Data, out var text))
        {
            _usage.Merge(_template.Numbers);
            Emit(text, sink);
            return true;
        }

        var isChunk = GeminiChunk.TryParse(Unwrap(frame.Data), out var chunk);
        if (chunk.IsError || frame.EventType.SequenceEqual("error"u8))
        {
            Fail(GeminiErrors.Read(status: null, frame.Data), sink);
            return true;
        }

        if (!isChunk)
        {
            return false;
        }

        Apply(frame.Data, ref chunk, sink);
        return true;
    }

    public override void Complete(IStreamSink sink)
    {
        if (_isDone)
        {
            return;
        }

        if (_finishReason is null && !_isBlocked)
        {
            Fail(ProviderErrors.Truncated(), sink);
            return;
        }

        _finish = _isBlocked ? GeminiFinish.ContentFilter : GeminiFinish.Map(_finishReason, _calls.Count > 0, _hasText);
        if (_finish is null)
        {
            Fail(GeminiFinish.Failure(_finishReason, _finishMessage), sink);
            return;
        }

        End(_finish, sink);
    }

    public override void WriteCompletion(IBufferWriter<byte> output)
    {
        if (_completion is null)
        {
            throw new InvalidOperationException("The reader was not made to aggregate.");
        }

        _completion.UsesFunctions = UsesFunctions;
        _completion.Write(output, _finish == "tool_calls" ? _calls : [], _finish ?? "stop", _usage.ToJson());
    }

    public override AnswerTurn ReadTurn() => TurnOf("gemini", _finish == "tool_calls" ? _calls : [], own: default);

    // An array of one object is what comes where SSE was not understood.
    private static ReadOnlySpan<byte> Unwrap(ReadOnlySpan<byte> data)
    {
        var trimmed = data.Trim(" \t\r\n"u8);
        return trimmed is [(byte)'[', .. var inside, (byte)']'] ? inside : data;
    }

    private void Apply(ReadOnlySpan<byte> frame, scoped ref GeminiChunk chunk, IStreamSink sink)
    {
        _template.Forget();
        _completion?.Identify(chunk.ResponseId, chunk.ModelVersion);
        if (!chunk.Usage.IsEmpty)
        {
            _usage.Merge(chunk.Usage);
        }

        _isBlocked |= !chunk.BlockReason.IsEmpty;
        if (!chunk.Parts.IsEmpty)
        {
            var text = ReadParts(chunk.Parts, sink);
            Learn(frame, ref chunk, text);
        }

        if (!chunk.FinishReason.IsEmpty)
        {
            _finishReason = chunk.FinishReason.ToArray();
            _finishMessage = chunk.FinishMessage.ToArray();
        }
    }

    // Gives the text where it is all that the parts are.
    private ReadOnlySpan<byte> ReadParts(ReadOnlySpan<byte> parts, IStreamSink sink)
    {
        ReadOnlySpan<byte> text = default;
        var count = 0;
        var reader = JsonTokens.Open(parts);
        reader.Read();
        while (JsonTokens.NextElement(ref reader))
        {
            count++;
            var json = JsonTokens.TakeValue(ref reader, parts);
            text = json[0] == '{' ? ReadPart(json, sink) : default;
        }

        return count == 1 ? text : default;
    }

    private ReadOnlySpan<byte> ReadPart(ReadOnlySpan<byte> json, IStreamSink sink)
    {
        var part = GeminiPart.Read(json);
        if (!part.FunctionCall.IsEmpty)
        {
            _calls.Add(part.ToCall());
        }

        if (part.IsThought)
        {
            return default;
        }

        Emit(part.Text, sink);
        return part.FunctionCall.IsEmpty ? part.Text : default;
    }

    private void Learn(ReadOnlySpan<byte> frame, scoped ref GeminiChunk chunk, ReadOnlySpan<byte> text)
    {
        if (!chunk.IsPlain || text.IsEmpty)
        {
            return;
        }

        _holes.Clear();
        _holes.Add(FrameHole.Of(frame, text));
        _usage.FindHoles(frame, chunk.Usage, _holes);
        if (_holes.Count == 1 || _holes[1].Start > _holes[0].Start)
        {
            _template.Learn(frame, CollectionsMarshal.AsSpan(_holes));
        }
    }

    private void Emit(ReadOnlySpan<byte> text, IStreamSink sink)
    {
        if (text.IsEmpty)
        {
            return;
        }

        _hasText = true;
        KeepText(text);
        _completion?.AppendContent(text);
        sink.Delta(text);
    }

    private void End(string finish, IStreamSink sink)
    {
        _isDone = true;
        if (finish == "tool_calls")
        {
            sink.ToolCalls(_calls);
        }

        sink.End(finish, _usage.Value, _usage.ToJson());
    }

    private void Fail(BfError error, IStreamSink sink)
    {
        _isDone = true;
        sink.Error(error);
    }
}
