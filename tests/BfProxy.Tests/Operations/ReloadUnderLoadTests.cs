using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.Configuration;

namespace BfProxy.Tests.Operations;

/// <summary>A configuration that changes while streams run and others start.</summary>
public sealed class ReloadUnderLoadTests
{
    private const int Streams = 16;
    private const string Streaming = """ "model":"gpt-fake-1","stream":true """;

    [Fact]
    public async Task Streams_that_run_when_the_configuration_changes_end_whole_and_new_ones_follow_it()
    {
        await using var host = await ProxyHost.StartAsync();
        await using var second = await FakeProviderServer.StartAsync();
        var gates = Enumerable.Range(0, Streams).Select(static _ => new Gate()).ToArray();
        host.Provider.Script(OpenAiScripts.Path, [.. gates.Select(static gate => Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate).Frames(OpenAiFrames.Delta(" two"), OpenAiFrames.Finish(), OpenAiFrames.Done))]);
        second.Script(OpenAiScripts.Path, OpenAiScripts.Chat("second"));
        host.ExpectedErrors.Add(100);
        var clients = new List<ChannelClient>();
        for (var number = 0; number < Streams; number++)
        {
            clients.Add(await StartAsync(host, $"open-{number}"));
            await gates[number].ReachedAsync();
        }

        // What every part of the configuration is made of: destinations, HTTP clients, clocks, models, histories, apps; and a fault between them.
        Change(host, ("ReverseProxy:Clusters:openai:Destinations:primary:Address", second.BaseAddress.ToString()), ("ReverseProxy:Clusters:openai:HttpClient:MaxConnectionsPerServer", "64"));
        Change(host, ("BfProxy:Providers:openai:Timeouts:Connect", "00:00:03"), ("BfProxy:Providers:openai:Timeouts:Idle", "00:00:30"), ("BfProxy:Providers:openai:DefaultModel", "gpt-other"));
        Change(host, ("BfProxy:Channels:HistorySize", "5"), ("BfProxy:Apps:test:AnonymousChannels:2", "more-*"));
        Change(host, ("BfProxy:Providers:openai:Dialect", "klingon"));
        Change(host, ("BfProxy:Providers:openai:Dialect", "openai"));
        host.WaitForAddress("openai", second.BaseAddress);
        await using var late = await StartAsync(host, "open-late");
        Assert.Equal("second", ChannelClient.TextOf(await late.ReadStreamAsync()));

        foreach (var gate in gates)
        {
            gate.Release();
        }

        foreach (var client in clients)
        {
            var events = await client.ReadStreamAsync();
            Assert.Equal("one two", ChannelClient.TextOf(events));
            Assert.Equal("stop", events[^1]["finish_reason"]!.GetValue<string>());
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_provider_that_is_taken_away_ends_what_it_began_and_begins_nothing_more()
    {
        var root = Directory.CreateTempSubdirectory("bfproxy-reload-");
        try
        {
            var config = root.CreateSubdirectory("config").FullName;
            var file = Path.Combine(config, "bfproxy.Production.json");
            File.Copy(Path.Combine(AppContext.BaseDirectory, "config", "bfproxy.json"), Path.Combine(config, "bfproxy.json"));
            await File.WriteAllTextAsync(file, """{ "BfProxy": { "Providers": { "extra": { "Dialect": "openai", "Cluster": "openai", "KeyRequired": false } } } }""");
            await using var host = await ProxyHost.StartAsync(contentRoot: root.FullName);
            var gate = new Gate();
            host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate).Frames(OpenAiFrames.Delta(" two"), OpenAiFrames.Finish(), OpenAiFrames.Done));
            await using var client = await StartAsync(host, "open-one", """ "provider":"extra", """);
            await gate.ReachedAsync();

            await File.WriteAllTextAsync(file, "{}");
            await host.LoggedAsync("[101]");
            using var refused = await host.ChatAsync(""" "provider":"extra", """ + Streaming);
            Assert.Contains("unknown provider", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            gate.Release();

            Assert.Equal("one two", ChannelClient.TextOf(await client.ReadStreamAsync()));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static async Task<ChannelClient> StartAsync(ProxyHost host, string channel, string members = "")
    {
        var client = await host.ConnectAsync();
        await client.JoinAsync(channel);
        using var answer = await host.ChatAsync(members + Streaming, new JsonArray(channel).ToJsonString());
        answer.EnsureSuccessStatusCode();
        return client;
    }

    private static void Change(ProxyHost host, params (string Key, string Value)[] changes)
    {
        foreach (var (key, value) in changes)
        {
            host.App.Configuration[key] = value;
        }

        ((IConfigurationRoot)host.App.Configuration).Reload();
    }
}
