using System.Text;
using BfProxy.Channels;

namespace BfProxy.Tests.Channels;

/// <summary>Random publishers, slow readers and reconnects: each offset is covered once, in order, and the text is what was published.</summary>
public sealed class FuzzTests
{
    private const string Channel = "c";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Each_offset_is_covered_once_and_in_order_whatever_readers_do(int seed)
    {
        var random = new Random(seed);
        using var hub = new TestHub(options => (options.HistorySize, options.MaxLagBytes) = (100_000, 100_000_000));
        var said = new Transcript();
        var streams = Enumerable.Range(0, 3).Select(i => hub.Open($"s{i}", Channel)).ToArray();
        var clients = Enumerable.Range(0, 1 + (seed * 2)).Select(_ => new ReconnectingClient(hub, Channel, random)).ToArray();
        for (var step = 0; step < 5_000; step++)
        {
            Publish(hub, streams[random.Next(random.Next(1, 4))], said, random);
            clients[random.Next(clients.Length)].Act();
        }

        foreach (var client in clients)
        {
            await client.CatchUpAsync(said.Frames.Count);
            Assert.Equal(said.Frames, client.Heard);
        }
    }

    [Fact]
    public async Task Joins_and_leaves_under_fire_lose_and_repeat_nothing()
    {
        using var hub = new TestHub(options => options.MaxLagBytes = 100_000_000);
        using var done = new CancellationTokenSource();
        var streams = Enumerable.Range(0, 2).Select(i => Task.Run(() => ReplayTests.Tokens(hub.Open($"s{i}", Channel), 20_000), CancellationToken.None)).ToArray();
        var visitors = Enumerable.Range(0, 4).Select(i => Task.Run(() => VisitAsync(hub, new Random(i), done.Token), CancellationToken.None)).ToArray();
        var texts = await Task.WhenAll(streams);
        await done.CancelAsync();
        Assert.All(await Task.WhenAll(visitors), visits => Assert.True(visits > 0));
        var last = hub.Listen(Channel, Since.Start);
        var frames = await last.FramesTo(40_000);
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.Equal(texts[i], string.Concat(frames.Where(frame => string.Equals(frame.StreamId, $"s{i}", StringComparison.Ordinal)).Select(frame => frame.Content)));
        }
    }

    [Fact]
    public async Task A_thousand_subscribers_each_get_all_while_others_come_and_go()
    {
        using var hub = new TestHub();
        var listeners = Enumerable.Range(0, 1_000).Select(_ => hub.Listen(Channel)).ToArray();
        var passers = Enumerable.Range(0, 1_000).Select(_ => hub.Connect()).Select(passer => passer.Join(Channel)).ToArray();
        var stream = hub.Open("s", Channel);
        var text = new StringBuilder();
        foreach (var batch in passers.Chunk(10))
        {
            text.Append(ReplayTests.Tokens(stream, 5));
            Array.ForEach(batch, passer => passer.Channel.Leave(passer));
        }

        foreach (var listener in listeners)
        {
            var frames = await listener.FramesTo(500);
            Assert.Equal(text.ToString(), string.Concat(frames.Select(frame => frame.Content)));
            Assert.Equal(Enumerable.Range(1, 500), frames.SelectMany(frame => Enumerable.Range((int)frame.From, (int)(frame.Offset - frame.From) + 1)));
        }
    }

    private static void Publish(TestHub hub, StreamPublisher stream, Transcript said, Random random)
    {
        if (random.Next(20) == 0)
        {
            hub.Say(Channel, said.Add($"m{random.Next()}"));
            return;
        }

        for (var i = random.Next(1, 5); i > 0; i--)
        {
            if (random.Next(10) == 0)
            {
                stream.Event(Encoding.UTF8.GetBytes($$"""{"type":"{{said.Add($"e{random.Next()}")}}"}"""));
            }
            else
            {
                stream.Delta(Encoding.UTF8.GetBytes(said.AddDelta(stream.StreamId, random)));
            }
        }

        stream.Flush();
    }

    /// <summary>Joins, listens a while, leaves; what came in between must have no gap.</summary>
    private static async Task<int> VisitAsync(TestHub hub, Random random, CancellationToken cancellationToken)
    {
        var visits = 0;
        do
        {
            var listener = hub.Connect();
            var subscription = listener.Subscribe(Channel);
            Assert.Equal("{}", (await listener.Wire.ReadAsync()).Json);
            var expected = subscription.JoinedAt + 1;
            for (var i = random.Next(200); i > 0 && (listener.Wire.TryRead(out var frame) || !cancellationToken.IsCancellationRequested); i--)
            {
                if (frame is not null)
                {
                    Assert.Equal(expected, frame.From);
                    expected = frame.Offset + 1;
                }
            }

            subscription.Channel.Leave(subscription);
            listener.Connection.Close(ConnectionEnd.Answered);
            await listener.Drain;
            visits++;
        }
        while (!cancellationToken.IsCancellationRequested);

        return visits;
    }
}
