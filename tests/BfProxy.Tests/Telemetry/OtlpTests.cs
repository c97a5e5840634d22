using BfProxy.Tests.Host;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Telemetry;

public sealed class OtlpTests
{
    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task Explore(string protocol)
    {
        await using var proxy = await ObservedProxy.StartAsync(protocol);
        proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("one", " two"));
        await using var client = await ChannelClient.ConnectAsync(proxy.Process.Address);
        using var answer = await proxy.ChatAsync(""" "stream":true """);
        await client.ReadStreamAsync();
        proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError());
        using var refused = await proxy.ChatAsync(""" "stream":true """);
        await proxy.StopAsync();

        var text = string.Join('\n', proxy.Collector.Resources.Select(r => r.Key + " " + string.Join(' ', r.Value)).Concat(proxy.Collector.Spans.Select(s => $"{s.Scope} {s.Trace} {s.Parent}>{s.Id} {s.Name} {s.Status} {string.Join(' ', s.Attributes)} | {string.Join(' ', s.Events)} | {string.Join(' ', s.LinkedTraces)}"))
            .Concat(proxy.Collector.Points.Select(p => $"{p.Scope} {p.Metric} {p.Unit} {p.Kind} {p.Value} {string.Join(' ', p.Attributes)}"))
            .Concat(proxy.Collector.Logs.Select(l => $"{l.Scope} {l.Severity} {l.Body} {string.Join(' ', l.Attributes)} {l.Trace}")));
        await File.WriteAllTextAsync("/tmp/otlp-" + protocol.Replace('/', '-') + ".txt", text);
    }
}
