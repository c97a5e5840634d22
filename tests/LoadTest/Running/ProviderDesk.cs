using System.Globalization;
using LoadTest.Client;

namespace LoadTest.Running;

/// <summary>Where the fake provider is asked what it did.</summary>
internal sealed class ProviderDesk(int port)
{
    /// <summary>Lets all streams end after their next delta.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        using var desk = new ControlConnection(port);
        await desk.PostAsync("/load/finish", "{}", cancellationToken);
    }

    /// <summary>Its own account, by stream number.</summary>
    public async Task<IReadOnlyDictionary<int, ProviderStamps>> StampsAsync(CancellationToken cancellationToken)
    {
        using var desk = new ControlConnection(port);
        var reply = await desk.PostAsync("/load/stamps", "{}", cancellationToken);
        return reply.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ').Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray())
            .ToDictionary(fields => (int)fields[0], fields => new ProviderStamps(fields[2], fields[3], fields[4]));
    }
}
