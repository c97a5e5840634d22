using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>The token metric of a stream, whichever way it ended.</summary>
public sealed class UsageTests
{
    public static TheoryData<string, string, long, long> Endings() => new()
    {
        { "end", "reported", 9, 2 },
        { "break", "partial", 9, 2 },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task Tokens_are_counted_however_a_stream_ends_and_marked(string ending, string source, long input, long output)
    {
        // Meters are seen by all tests of the process; the model's name tells this one's stream.
        var model = "claude-usage-" + ending;
        var counts = new ConcurrentDictionary<(string, string), long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "gen_ai.client.token.usage")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            var all = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value as string ?? "", StringComparer.Ordinal);
            if (all["gen_ai.request.model"] == model)
            {
                counts[(all["gen_ai.token.type"], all["bfproxy.usage.source"])] = count;
            }
        });
        listener.Start();
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Providers:anthropic:DefaultModel"] = model });
        host.Provider.Script(AnthropicScripts.Path, ending == "end"
            ? AnthropicScripts.Chat("one", " two")
            : Script.Sse(AnthropicFrames.Start(), AnthropicFrames.StartText(), AnthropicFrames.Text("one two")).Cut());
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(""" "provider":"anthropic","stream":true """);
        await client.ReadStreamAsync();
        await host.StopAsync();

        Assert.Equal(2, counts.Count);
        Assert.Equal(input, counts[("input", source)]);
        Assert.Equal(output, counts[("output", source)]);
    }
}
