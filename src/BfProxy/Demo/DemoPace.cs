namespace BfProxy.Demo;

/// <summary>
/// Lets tokens out at a model's speed, with jitter. Due times lie on one line, so that a late timer is caught up and the speed holds.
/// </summary>
internal sealed class DemoPace(DemoModel model, TimeProvider time, Random random)
{
    private readonly long _started = time.GetTimestamp();

    private TimeSpan _due = model.FirstToken * (0.8 + (0.4 * random.NextDouble()));

    /// <summary>Waits until the next token is due.</summary>
    public async ValueTask NextAsync(CancellationToken cancellationToken)
    {
        var wait = _due - time.GetElapsedTime(_started);
        _due += TimeSpan.FromSeconds((0.4 + (1.2 * random.NextDouble())) / model.TokensPerSecond);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancellationToken);
        }
    }
}
