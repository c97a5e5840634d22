using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>What one meter has counted since, by instrument and its tag's value; observables when asked.</summary>
internal sealed class Measured : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _values = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public Measured(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == meter)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    public long this[string name]
    {
        get
        {
            _listener.RecordObservableInstruments();
            return _values.GetValueOrDefault(name);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
        _values.AddOrUpdate(name, value, (_, known) => instrument.IsObservable ? value : known + value);
    }
}
