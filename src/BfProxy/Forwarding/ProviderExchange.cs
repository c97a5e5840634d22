namespace BfProxy.Forwarding;

/// <summary>Asks a provider for something that is no answer of a model, such as a conversation: one plain request on the way that streams go, with their clocks and their errors.</summary>
internal sealed class ProviderExchange(StreamDependencies dependencies)
{
    /// <summary>Sends a request and waits for its whole answer.</summary>
    /// <param name="call">The request.</param>
    /// <param name="plan">Says what else may be tried where the provider fails.</param>
    /// <param name="cancellationToken">Ends it early, with an error.</param>
    public async Task<ProviderReply> SendAsync(ProviderCall call, AttemptPlan? plan, CancellationToken cancellationToken)
    {
        PlainResponse response = null!;
        plan?.Use(Ask);
        var stream = new RunningStream(RunningStreams.NewId(), default, Ask(call), next: null, plan, after: null, dependencies, static _ => { });
        stream.Start();
        await using (cancellationToken.UnsafeRegister(static state => ((RunningStream)state!).End(EndCause.CallerGone), stream))
        {
            var error = await stream.ResultAsync();
            return new ProviderReply(response.Bytes, error);
        }

        Round Ask(ProviderCall asked) => new(asked, response = new PlainResponse(asked.Provider.Options.MaxResponseBytes));
    }
}
