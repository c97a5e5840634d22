using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BfProxy.Hooks;
using BfProxy.Telemetry;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Telemetry;

public sealed partial class DashboardTests
{
    private static readonly string Examples = Path.Combine(AppContext.BaseDirectory, "config", "examples");

    [Fact]
    public async Task Every_metric_and_label_that_the_dashboard_names_is_one_that_is_emitted()
    {
        var emitted = await EmittedAsync();
        var series = emitted.SelectMany(static metric => metric.Series.Select(name => (name, metric))).ToDictionary(static pair => pair.name, static pair => pair.metric, StringComparer.Ordinal);
        var expressions = Expressions(JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Examples, "grafana-dashboard.json")))!).ToList();

        Assert.True(expressions.Count > 20);
        Assert.All(expressions, expression =>
        {
            var named = Series().Matches(expression).Select(static match => match.Value).Where(static name => name != "service_instance_id" && !name.StartsWith("label_", StringComparison.Ordinal)).ToList();
            var metric = Assert.Single(named, series.ContainsKey);
            var labels = named.Where(name => name != metric && name is not ("histogram_quantile" or "rate_interval"));
            Assert.All(labels, label => Assert.Contains(label, series[metric].Labels));
        });
    }

    [Fact]
    public async Task Every_metric_of_ours_is_on_the_dashboard()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Examples, "grafana-dashboard.json"));

        Assert.All((await EmittedAsync()).Where(static metric => metric.Name.StartsWith("bfproxy_", StringComparison.Ordinal) || metric.Name.StartsWith("gen_ai_", StringComparison.Ordinal)), metric =>
            Assert.Contains(metric.Name, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_sample_collector_drops_the_probes_by_their_routes()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Examples, "otel-collector.yaml"));
        await using var proxy = await ObservedProxy.StartAsync();
        using (await proxy.Http.GetAsync("health/live"))
        using (await proxy.Http.GetAsync("health/ready"))
        {
            await proxy.StopAsync();
        }

        var probes = proxy.Collector.Spans.Where(static span => span.Scope == "Microsoft.AspNetCore").ToList();
        Assert.Equal(2, probes.Count);
        Assert.All(probes, span => Assert.Contains($"""attributes["http.route"] == "{span.Attributes["http.route"]}" """.TrimEnd(), text, StringComparison.Ordinal));
    }

    /// <summary>All instruments that exist once every room was used, with the labels of a stream, a broken one, a request and a hook that failed.</summary>
    private static async Task<IReadOnlyCollection<PublishedMetric>> EmittedAsync()
    {
        var metrics = new ConcurrentDictionary<string, PublishedMetric>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (OtlpExport.Meters.Contains(instrument.Meter.Name, StringComparer.Ordinal))
            {
                metrics.TryAdd(instrument.Name, PublishedMetric.Of(instrument));
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        listener.Start();
        await using (var host = await ProxyHost.StartAsync())
        {
            await UseAsync(host);
        }

        using var breakers = new BreakerMetrics();
        breakers.Watch(static () => [("openai", "primary", 2)]);
        breakers.Rejected("openai");
        listener.RecordObservableInstruments();
        return [.. metrics.Values];

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = metrics[instrument.Name].Labels;
            lock (labels)
            {
                labels.Add("le");
                foreach (var tag in tags)
                {
                    labels.Add(PublishedMetric.Label(tag.Key));
                }
            }
        }
    }

    private static async Task UseAsync(ProxyHost host)
    {
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(["data: {bad\n\n", .. OpenAiFrames.Chat("one")]), OpenAiScripts.ServerError());
        for (var i = 0; i < 2; i++)
        {
            using var answer = await host.ChatAsync(""" "stream":false """);
        }

        await using (await host.ConnectAsync())
        {
            await host.StopAsync();
        }

        host.Services.GetRequiredService<HookMetrics>().Called(nameof(HookKind.Tools), TimeSpan.FromSeconds(1), nameof(HookFailure.Timeout));
        var portal = host.Services.GetRequiredService<PortalMetrics>();
        portal.Sent(TimeSpan.FromSeconds(1));
        portal.Failed("refused");
        using var redis = new RedisMetrics();
        redis.Watch(static () => 0, static () => false);
        redis.GapLost();
    }

    private static IEnumerable<string> Expressions(JsonNode node) => node switch
    {
        JsonObject members => members.SelectMany(static member => member is { Key: "expr", Value: JsonValue text } ? [text.GetValue<string>()]
            : member is { Key: "query", Value: JsonObject query } ? [query["query"]!.GetValue<string>()]
            : member.Value is { } inner ? Expressions(inner) : []),
        JsonArray items => items.SelectMany(static item => Expressions(item!)),
        _ => [],
    };

    [GeneratedRegex("[a-z][a-z0-9]*(?:_[a-z0-9]+)+|(?<=by \\()le", RegexOptions.None, 1000)]
    private static partial Regex Series();
}
