using System.IO.Pipelines;
using System.Text;
using BfProxy.Forwarding;
using BfProxy.Sessions;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Pipeline;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Sessions;

/// <summary>From the provider's bytes to a waiting visitor: nothing is allocated but the text itself.</summary>
public sealed class AnswerAllocationTests
{
    private const int Deltas = 10_000;

    /// <summary>A buffer that grows by doubling has cost at most four times what stands in it.</summary>
    private const int TextBytesPerDelta = 4 * 6;

    [Fact]
    public async Task A_delta_allocates_no_more_than_its_place_in_the_text()
    {
        using var gone = new CancellationTokenSource();
        var answer = new RunningAnswer("fallback");
        var reader = new AnswerReader(DataStreamFormat.Instance, PipeWriter.Create(Stream.Null));
        Assert.True(answer.TryJoin(reader));
        var reading = reader.ReadAsync(answer, TimeProvider.System, TimeSpan.FromMinutes(1), gone.Token);
        var frame = Encoding.UTF8.GetBytes(OpenAiFrames.Delta("a word"));
        using var response = new EventStreamResponse(answer, DialectCatalog.Find("openai")!.CreateReader(aggregate: false), new StreamLimits { MaxResponseBytes = long.MaxValue });
        Push(response, frame, 1_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Push(response, frame, Deltas);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Push(response, Encoding.UTF8.GetBytes(OpenAiFrames.Finish() + OpenAiFrames.Done), 1);
        Assert.True(allocated <= (1_000 + Deltas) * TextBytesPerDelta, $"{(double)allocated / Deltas:0.0} bytes a delta");
        Assert.True(await reading.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(6 * (1_000 + Deltas), answer.Text.Length);
    }

    private static void Push(EventStreamResponse response, byte[] frame, int count)
    {
        for (var i = 0; i < count; i++)
        {
            response.Push(frame);
        }
    }
}
