namespace BfProxy.Configuration;

/// <summary>The current, immutable state of one part of the configuration; swapped whole on a reload that has no fault anywhere.</summary>
internal sealed class Settings<T>(Func<IConfiguration, Faults, T> read) : SettingsSection
    where T : class
{
    private T? _prepared;
    private volatile T? _current;

    /// <summary>Raised after <see cref="Current"/> was swapped.</summary>
    public event Action? Changed;

    public T Current => _current ?? throw new InvalidOperationException("The configuration was not read yet");

    public override void Prepare(IConfiguration configuration, Faults faults) => _prepared = read(configuration, faults);

    public override void Commit()
    {
        _current = _prepared;
        Changed?.Invoke();
    }
}
