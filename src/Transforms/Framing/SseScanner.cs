namespace BfProxy.Transforms.Framing;

/// <summary>
/// Reads the frames in one piece of an event stream, by the grammar of WHATWG HTML (section 9.2.6). Bytes are neither decoded nor validated.
/// A frame with one data line that lies whole in the input is a slice of it; a half frame is copied once, into the state.
/// Read on until it needs more: input that was not read is lost.
/// </summary>
public ref struct SseScanner
{
    private readonly ref SseScanState _state;
    private ReadOnlySpan<byte> _rest;

    /// <summary>Begins a piece of the stream.</summary>
    /// <param name="state">State of the stream, owned by the caller.</param>
    /// <param name="input">The next bytes, split anywhere; they must stay as they are while frames of them are in use.</param>
    public SseScanner(ref SseScanState state, ReadOnlySpan<byte> input)
    {
        _state = ref state;
        _rest = input;
    }

    /// <summary>Reads the next frame that has data.</summary>
    /// <param name="frame">The frame; its spans live until the next read of this stream, and not longer than the input.</param>
    public SseScanStatus Read(out SseFrame frame) =>
        _state.Phase == SseScanPhase.Between && TryReadSingleLine(out frame) ? SseScanStatus.Frame : ReadAny(out frame);

    /// <summary>
    /// At the end of the stream: its last frame, if no blank line came after it. The grammar drops such a frame, since it may be cut;
    /// some providers end so, and a cut one shows when its data is read.
    /// </summary>
    public static bool TryReadLast(scoped ref SseScanState state, out SseFrame frame)
    {
        frame = default;
        if (state.Phase != SseScanPhase.Within)
        {
            return false;
        }

        state.Phase = SseScanPhase.Between;
        return state.TryDispatch(state.Carry.Written, out frame);
    }

    /// <summary>The frame that nearly all streams are made of: one data line, then a blank one, both ended by LF or by CR LF.</summary>
    private bool TryReadSingleLine(out SseFrame frame)
    {
        frame = default;
        if (!_rest.StartsWith("data:"u8))
        {
            return false;
        }

        var end = _rest.IndexOfAny(SseGrammar.CR, SseGrammar.LF);
        if (end < 0 || end + 2 > _state.MaxFrameBytes)
        {
            return false;
        }

        var length = _rest[end..] switch
        {
            [SseGrammar.LF, SseGrammar.LF, ..] => end + 2,
            [SseGrammar.CR, SseGrammar.LF, SseGrammar.CR, SseGrammar.LF, ..] => end + 4,
            _ => 0,
        };
        if (length == 0)
        {
            return false;
        }

        frame = new SseFrame(default, SseFieldReader.WithoutSpace(_rest[5..end]));
        _rest = _rest[length..];
        return true;
    }

    private SseScanStatus ReadAny(out SseFrame frame)
    {
        frame = default;
        while (SkipToFrame())
        {
            var carried = _state.Carried;
            var end = SseGrammar.FindBlankLine(_rest, carried);
            if (carried.Length + (end < 0 ? _rest.Length : end) > _state.MaxFrameBytes)
            {
                _state.Dispose();
                break;
            }

            if (end < 0)
            {
                _state.CarryOn(_rest);
                _rest = default;
                break;
            }

            if (_state.TryDispatch(TakeBlock(end), out frame))
            {
                return SseScanStatus.Frame;
            }
        }

        return _state.Phase == SseScanPhase.Dead ? SseScanStatus.TooLarge : SseScanStatus.NeedMore;
    }

    /// <summary>Passes what stands before a frame: byte order mark, blank lines, comments. False where nothing is left to read.</summary>
    private bool SkipToFrame()
    {
        while (!_rest.IsEmpty)
        {
            switch (_state.Phase)
            {
                case SseScanPhase.Start:
                    SkipBom();
                    break;
                case SseScanPhase.Comment:
                    SkipComment();
                    break;
                case SseScanPhase.Between when _rest[0] == ':':
                    _state.Phase = SseScanPhase.Comment;
                    break;
                case SseScanPhase.Between when SseGrammar.IsLineEnd(_rest[0]):
                    PassLineEnd(0);
                    break;
                default:
                    return _state.Phase != SseScanPhase.Dead;
            }
        }

        return false;
    }

    /// <summary>One byte at a time, since the mark too may be split; what only began like one is the start of a field name.</summary>
    private void SkipBom()
    {
        var matched = _state.Carry.Length;
        if (_rest[0] != SseGrammar.Bom[matched])
        {
            _state.Phase = matched == 0 ? SseScanPhase.Between : SseScanPhase.Within;
            return;
        }

        _state.Carry.Append(_rest[..1]);
        _state.Phase = matched + 1 == SseGrammar.Bom.Length ? SseScanPhase.Between : SseScanPhase.Start;
        _rest = _rest[1..];
    }

    private void SkipComment()
    {
        var end = _rest.IndexOfAny(SseGrammar.CR, SseGrammar.LF);
        if (end < 0)
        {
            _rest = default;
            return;
        }

        PassLineEnd(end);
    }

    private ReadOnlySpan<byte> TakeBlock(int end)
    {
        var block = _rest[..end];
        if (_state.Phase == SseScanPhase.Within)
        {
            _state.Carry.Append(block);
            block = _state.Carry.Written;
        }

        PassLineEnd(end);
        return block;
    }

    /// <summary>Passes a line end after which a frame may begin. The LF of a CR LF that comes with the next read only passes as one more blank line.</summary>
    private void PassLineEnd(int end)
    {
        _state.Phase = SseScanPhase.Between;
        _rest = _rest[SseGrammar.NextLine(_rest, end)..];
    }
}
