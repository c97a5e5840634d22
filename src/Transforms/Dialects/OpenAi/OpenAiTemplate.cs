namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>
/// The frame that text chunks of one stream have in common: everything but the content and, where the provider pads, the padding. Learned from a chunk that
/// was read in full. A frame matches only if every other byte is the same and both holes hold well-formed string bodies, so that reading it in full could
/// give nothing else.
/// </summary>
internal sealed class OpenAiTemplate
{
    private byte[] _bytes = [];
    private int _prefix;
    private int _middle;
    private int _suffix;

    // 0 where nothing is learned: a prefix is never empty.
    private bool IsLearned => _prefix > 0;

    private bool IsPadded => _middle > 0;

    /// <summary>Takes the template from a chunk, or forgets the last one where this chunk cannot be one.</summary>
    public void Learn(ReadOnlySpan<byte> frame, scoped ref OpenAiChunk chunk)
    {
        _prefix = 0;
        var contentEnd = chunk.ContentStart + chunk.Content.Length;
        if (!chunk.IsPlainText || (chunk.PaddingStart > 0 && chunk.PaddingStart < contentEnd))
        {
            return;
        }

        var paddingEnd = chunk.PaddingStart > 0 ? chunk.PaddingStart + chunk.PaddingLength : contentEnd;
        _prefix = chunk.ContentStart;
        _middle = chunk.PaddingStart > 0 ? chunk.PaddingStart - contentEnd : 0;
        _suffix = frame.Length - paddingEnd;
        _bytes = _bytes.Length < frame.Length ? new byte[frame.Length] : _bytes;
        frame[.._prefix].CopyTo(_bytes);
        frame.Slice(contentEnd, _middle).CopyTo(_bytes.AsSpan(_prefix));
        frame[paddingEnd..].CopyTo(_bytes.AsSpan(_prefix + _middle));
    }

    /// <summary>Gives the inside of the content's string where <paramref name="frame"/> matches.</summary>
    public bool TryMatch(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> content)
    {
        content = default;
        var template = _bytes.AsSpan();
        if (!IsLearned || frame.Length < _prefix + _middle + _suffix || !frame.StartsWith(template[.._prefix])
            || !frame.EndsWith(template.Slice(_prefix + _middle, _suffix)))
        {
            return false;
        }

        content = frame[_prefix..^_suffix];
        return (!IsPadded || TryCutPadding(ref content)) && JsonText.IsStringBody(content);
    }

    private bool TryCutPadding(ref ReadOnlySpan<byte> content)
    {
        var middle = _bytes.AsSpan(_prefix, _middle);
        var padding = content[(content.LastIndexOf((byte)'"') + 1)..];
        content = content[..^padding.Length];
        if (!content.EndsWith(middle) || !JsonText.IsStringBody(padding))
        {
            return false;
        }

        content = content[..^_middle];
        return true;
    }
}
