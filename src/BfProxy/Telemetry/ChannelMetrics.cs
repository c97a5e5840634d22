using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace BfProxy.Telemetry;

/// <summary>Who listens on this node, on meter <c>BfProxy</c>.</summary>
internal sealed class ChannelMetrics : IDisposable
{
    private readonly Meter _meter = new(StreamMetrics.Name);
    private readonly Counter<long> _ended;

    public ChannelMetrics() => _ended = _meter.CreateCounter<long>("bfproxy.connections.ended", "{connection}", "Connections that are gone; bfproxy.close.code tells why the server closed them, 0 where it did not");

    /// <summary>Reads these whenever a listener asks.</summary>
    /// <param name="connections">Sockets and event streams that are open.</param>
    /// <param name="channels">Channels that exist.</param>
    public void Observe(Func<int> connections, Func<int> channels)
    {
        _meter.CreateObservableUpDownCounter("bfproxy.connections", connections, "{connection}", "Sockets and event streams that are open");
        _meter.CreateObservableUpDownCounter("bfproxy.channels", channels, "{channel}", "Channels that exist on this node");
    }

    public void Ended(int code)
    {
        if (_ended.Enabled)
        {
            _ended.Add(1, new TagList { { "bfproxy.close.code", code.ToString(CultureInfo.InvariantCulture) } });
        }
    }

    public void Dispose() => _meter.Dispose();
}
