using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Pipeline;

namespace BfProxy.Forwarding;

/// <summary>Reads a provider's event stream into a sink.</summary>
/// <param name="output">Where the events go.</param>
/// <param name="reader">Reads the provider's frames.</param>
/// <param name="limits">When to give up.</param>
/// <param name="ownsOutput">Whether the output ends with this answer; not where another answer comes before and goes on to hold it.</param>
internal sealed class EventStreamResponse(IStreamOutput output, DialectReader reader, StreamLimits limits, bool ownsOutput = true) : ResponseReader
{
    private readonly StreamTransform _transform = new(reader, output, limits);

    /// <summary>Length of the request's body; where the provider does not count, tokens are reckoned from it.</summary>
    public long RequestBytes { get; init; }

    public override bool HasContent => output.HasContent;

    public override bool IsFinished => _transform.IsFinished;

    public override BfError? Error => output.Failure;

    public override Usage? Usage => output.Usage;

    public override CancellationToken Abandoned => output.Abandoned;

    /// <summary>Where tools are run the output has the sum of the rounds that ended; one that broke comes on top.</summary>
    public override CountedUsage? CountedUsage
    {
        get
        {
            if (!output.HasContent)
            {
                // A provider that accepted and never answered may have cost nothing.
                return base.CountedUsage;
            }

            var counted = _transform.CountUsage(RequestBytes);
            return output.Usage is not { } sum ? counted
                : counted.Source == UsageSource.Reported ? new CountedUsage(sum, UsageSource.Reported)
                : new CountedUsage(sum + counted.Usage, UsageSource.Partial);
        }
    }

    public override int MalformedFrames => _transform.MalformedFrames;

    public override bool Accepts(string? mediaType) => string.Equals(mediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase);

    public override void Push(ReadOnlySpan<byte> bytes)
    {
        _transform.Push(bytes);
        output.Flush();
    }

    public override void Complete() => _transform.Complete();

    public override void Fail(BfError error)
    {
        if (!output.IsOver)
        {
            output.Error(error);
        }
    }

    public override void Stop()
    {
        if (!output.IsOver)
        {
            output.Stopped();
        }
    }

    public override void Dispose()
    {
        _transform.Dispose();
        if (ownsOutput)
        {
            output.Dispose();
        }
    }
}
