using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Pipeline;

namespace BfProxy.Forwarding;

/// <summary>Reads a provider's event stream into a sink.</summary>
internal sealed class EventStreamResponse : ResponseReader
{
    private readonly StreamTransform _transform;
    private readonly IStreamOutput _output;
    private readonly bool _ownsOutput;

    /// <summary>Ready for the first bytes.</summary>
    /// <param name="output">Where the events go.</param>
    /// <param name="reader">Reads the provider's frames.</param>
    /// <param name="limits">When to give up.</param>
    /// <param name="ownsOutput">Whether the output ends with this answer; not where another answer comes before and goes on to hold it.</param>
    public EventStreamResponse(IStreamOutput output, DialectReader reader, StreamLimits limits, bool ownsOutput = true)
    {
        _transform = new StreamTransform(reader, output, limits);
        Reader = reader;
        _output = output;
        _ownsOutput = ownsOutput;
        output.Reads(this);
    }

    /// <summary>Knows the whole answer once it is read.</summary>
    public DialectReader Reader { get; }

    /// <summary>Length of the request's body; where the provider does not count, tokens are reckoned from it.</summary>
    public long RequestBytes { get; init; }

    /// <summary>What the stream's answers before this one cost.</summary>
    public CountedUsage? Earlier { get; set; }

    public override bool HasContent => _output.HasContent;

    public override bool IsFinished => _transform.IsFinished;

    public override bool IsOver => _output.IsOver;

    public override BfError? Error => _output.Failure;

    public override CancellationToken Abandoned => _output.Abandoned;

    /// <summary>Where tools are run, with what the answers before it cost.</summary>
    public override CountedUsage? CountedUsage => _transform.CountUsage(RequestBytes) is { } own ? Earlier is { } earlier ? earlier + own : own : Earlier;

    public override int MalformedFrames => _transform.MalformedFrames;

    public override bool Accepts(string? mediaType) => string.Equals(mediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase);

    public override void Push(ReadOnlySpan<byte> bytes)
    {
        _transform.Push(bytes);
        _output.Flush();
    }

    public override void Complete() => _transform.Complete();

    public override void Fail(BfError error)
    {
        if (!_output.IsOver)
        {
            _output.Error(error);
        }
    }

    public override void Stop()
    {
        if (!_output.IsOver)
        {
            _output.Stopped();
        }
    }

    /// <summary>Of all that read for this stream, this one goes on.</summary>
    public void GoOn() => _output.Reads(this);

    public override bool TryEnter(FirstTokenRace race, Round round)
    {
        (_output as TentativeOutput)?.Enter(race, round);
        return _output is TentativeOutput;
    }

    public override string? Said => (_output as TentativeOutput)?.Said;

    public override void KeepText() => (_output as TentativeOutput)?.KeepText();

    public override void Follow(CountedUsage? broken)
    {
        Earlier = broken;
        (_output as TentativeOutput)?.Follow();
    }

    public override void Release() => (_output as TentativeOutput)?.Release();

    public override void GiveWay() => _transform.Dispose();

    public override void Dispose()
    {
        _transform.Dispose();
        if (_ownsOutput)
        {
            _output.Dispose();
        }
    }
}
