using System.Buffers;
using System.IO.Pipelines;
using BfProxy.Backplane;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Sessions;

/// <summary>Tells another node of an answer that comes here: one message under way at a time, what comes meanwhile goes with the next.</summary>
/// <param name="id">Names the relay, for the node that shows the answer.</param>
/// <param name="node">That node.</param>
/// <param name="bus">The way there.</param>
/// <param name="time">For signs of life.</param>
/// <param name="stopping">This node goes.</param>
internal sealed class AnswerRelay(string id, string node, INodeBus bus, TimeProvider time, CancellationToken stopping) : IDisposable
{
    /// <summary>How often something is heard of an answer in which nothing is said. The other node's visitor may have left meanwhile.</summary>
    public static readonly TimeSpan PulseInterval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _left = CancellationTokenSource.CreateLinkedTokenSource(stopping);

    /// <summary>Tells all of an answer; ends with it, or when nobody reads it there any more.</summary>
    public async Task RunAsync(RunningAnswer answer, AnswerReader reader, Pipe pipe)
    {
        var reading = ReadAsync(answer, reader, pipe.Writer);
        await SendAsync(pipe.Reader);
        if (await reading)
        {
            using var events = new ArrayPoolBufferWriter<byte>();
            EventFormat.Instance.WriteEnd(events, await answer.EndAsync());
            await bus.AskAsync(node, RelayMessage.End, RelayMessage.Write(id, events.WrittenSpan), CancellationToken.None);
        }
    }

    public void Dispose() => _left.Dispose();

    private async Task<bool> ReadAsync(RunningAnswer answer, AnswerReader reader, PipeWriter writer)
    {
        var isWhole = await reader.ReadAsync(answer, time, PulseInterval, _left.Token);
        await writer.CompleteAsync();
        return isWhole;
    }

    private async Task SendAsync(PipeReader pipe)
    {
        ReadResult result;
        do
        {
            result = await pipe.ReadAsync(CancellationToken.None);
            if (!result.Buffer.IsEmpty && !_left.IsCancellationRequested)
            {
                var text = result.Buffer.ToArray().AsSpan();
                var isPulse = text is [RelayFormat.Pulse];
                if (!RelayMessage.IsYes(await bus.AskAsync(node, RelayMessage.Text, RelayMessage.Write(id, isPulse ? [] : text.Trim(RelayFormat.Pulse)), CancellationToken.None)))
                {
                    await _left.CancelAsync();
                }
            }

            pipe.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);

        await pipe.CompleteAsync();
    }
}
