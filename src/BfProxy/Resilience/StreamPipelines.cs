using System.Collections.Concurrent;
using Polly;
using Polly.Timeout;

namespace BfProxy.Resilience;

/// <summary>The resilience pipelines that streams run in, by their total clock. (Connect is the HTTP client's; first token and idle look at bytes and are the attempt's.)</summary>
internal sealed class StreamPipelines(TimeProvider time)
{
    private readonly ConcurrentDictionary<TimeSpan, ResiliencePipeline> _byTotal = new();

    public ResiliencePipeline For(TimeSpan total) => _byTotal.GetOrAdd(total, Build);

    private ResiliencePipeline Build(TimeSpan total) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(new TimeoutStrategyOptions { Name = "Total", Timeout = total })
            .Build();
}
