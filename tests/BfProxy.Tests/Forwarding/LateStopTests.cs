using System.Text;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Security;
using BfProxy.Tests.Host;
using BfProxy.Transforms.Contract;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Forwarding;

/// <summary>A stop that comes after the end was told, and before all was written down that follows from it.</summary>
public sealed class LateStopTests
{
    private static readonly StreamOwner Owner = new("test", "");

    [Fact]
    public async Task A_stop_after_the_end_stops_nothing_and_is_answered_once_all_is_written_down()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("whole"));
        var (writing, written) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var call = Call(host);
        var response = new EventStreamResponse(new CompletionOutput(), call.Dialect.CreateReader(aggregate: true), call.Limits);
        var streams = host.Services.GetRequiredService<RunningStreams>();
        var stream = streams.Start("id", Owner, new Round(call, response), after: _ =>
        {
            writing.SetResult();
            return written.Task;
        })!;
        await writing.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var stop = streams.StopAsync("id", Owner, default).AsTask();
        Assert.False(stop.IsCompleted);
        written.SetResult();

        Assert.False(await stop.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(EndCause.None, stream.Cause);
        Assert.Null(await stream.ResultAsync());
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
}
