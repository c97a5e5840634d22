using System.Runtime.CompilerServices;
using System.Text;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Security;
using BfProxy.Tests.Host;
using BfProxy.Transforms.Contract;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace BfProxy.Tests.Forwarding;

/// <summary>What a stream makes of ends that come at odd moments, and of faults that are ours.</summary>
public sealed class RunningStreamTests
{
    private static readonly StreamOwner Owner = new("test", "");

    [Theory]
    [InlineData(EndCause.CallerGone, "stopped before it was finished")]
    [InlineData(EndCause.Draining, "server going away")]
    internal async Task A_stream_that_is_ended_before_it_began_says_so_and_is_no_fault_of_ours(EndCause cause, string words)
    {
        await using var host = await ProxyHost.StartAsync();
        var ended = 0;
        var stream = new RunningStream("id", Owner, new Round(Call(host), new PlainResponse(1024)), next: null, plan: null, after: null, host.Services.GetRequiredService<StreamDependencies>(), _ => ended++);

        stream.End(cause);
        stream.Start();
        var refusal = await stream.ResultAsync();

        Assert.Equal(503, refusal!.Status);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, ended);
        Assert.Empty(host.Provider.Requests);
    }

    [Fact]
    public async Task A_reader_that_throws_is_our_fault_and_is_logged_as_such()
    {
        await using var host = await ProxyHost.StartAsync();
        host.ExpectedErrors.Add(400);
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));
        var response = new ThrowingResponse();

        var stream = host.Services.GetRequiredService<RunningStreams>().Start("id", Owner, new Round(Call(host), response))!;

        Assert.Null(await stream.Accepted);
        var error = await stream.ResultAsync();
        Assert.Equal(500, error!.Status);
        Assert.Null(error.Provider);
        await host.LoggedAsync("Error BfProxy.Forwarding.RunningStream [400]");
        Assert.DoesNotContain("[403]", host.Logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_request_body_is_kept_for_another_attempt_until_the_first_content_and_no_longer()
    {
        await using var host = await ProxyHost.StartAsync();
        var (first, second) = (new Gate(), new Gate());
        host.Provider.Script(OpenAiScripts.Path, Script.Sse().Wait(first).Text(OpenAiFrames.Delta("a")).Wait(second).Text(OpenAiFrames.Delta("b")).Hang());
        var response = new CountingResponse();
        var (stream, body) = Start(host, response);

        Assert.Null(await stream.Accepted);
        GC.Collect();
        Assert.True(body.IsAlive);
        first.Release();
        await response.First;
        second.Release();
        await response.Second;
        GC.Collect();
        Assert.False(body.IsAlive);

        stream.End(EndCause.Stopped);
        await stream.Completion;
    }

    [Fact]
    public async Task The_host_gives_the_drain_its_time_and_some_more()
    {
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:DrainTimeout"] = "00:02:00" });

        Assert.Equal(TimeSpan.FromSeconds(125), host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    /// <summary>In a method of its own, so that nothing of the test's holds the body.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (RunningStream Stream, WeakReference Body) Start(ProxyHost host, ResponseReader response)
    {
        var call = Call(host);
        return (host.Services.GetRequiredService<RunningStreams>().Start("id", Owner, new Round(call, response))!, new WeakReference(call.Body));
    }

    private static ProviderCall Call(ProxyHost host)
    {
        Assert.True(BfEnvelope.TryParse(Encoding.UTF8.GetBytes(ProxyHost.Envelope(""" "model":"gpt-fake-1" """)), out var envelope, out _));
        using (envelope)
        {
            Assert.True(envelope.TryReadChat(out var request, out _));
            var app = host.Services.GetRequiredService<Settings<AppCatalog>>().Current.FindByKey(ProxyHost.AppKey)!;
            Assert.True(host.Services.GetRequiredService<CallFactory>().TryCreate(request, app, out var call, out _));
            return call;
        }
    }

    private sealed class ThrowingResponse : ResponseReader
    {
        private BfError? _error;

        public override bool HasContent => false;

        public override bool IsFinished => false;

        public override BfError? Error => _error;

        public override bool Accepts(string? mediaType) => true;

        public override void Push(ReadOnlySpan<byte> bytes) => throw new InvalidOperationException("a fault in a reader");

        public override void Complete() => throw new InvalidOperationException("must not be reached");

        public override void Fail(BfError error) => _error = error;

        public override void Stop()
        {
            // Nobody stops it.
        }

        public override void Dispose()
        {
            // Nothing is held.
        }
    }
}
