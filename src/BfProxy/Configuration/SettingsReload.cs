using Microsoft.Extensions.Primitives;

namespace BfProxy.Configuration;

/// <summary>Reads all settings at start and again whenever a file changed. All or nothing: one fault anywhere keeps the last good state everywhere.</summary>
internal sealed class SettingsReload(IConfiguration configuration, IEnumerable<SettingsSection> sections, ILogger<SettingsReload> logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SettingsSection[] _sections = [.. sections];
    private IDisposable? _registration;

    /// <summary>Reads everything now. Where a part has a fault, nothing is swapped.</summary>
    public Faults Read()
    {
        var faults = new Faults();
        lock (_lock)
        {
            ReportFiles(faults);
            RootKeys.Check(configuration, faults);
            foreach (var section in _sections)
            {
                section.Prepare(configuration, faults);
            }

            if (!faults.Any)
            {
                foreach (var section in _sections)
                {
                    section.Commit();
                }
            }
        }

        return faults;
    }

    /// <summary>Reads again whenever a file changes.</summary>
    public void Watch() => _registration = ChangeToken.OnChange(configuration.GetReloadToken, Reload);

    public void Dispose() => _registration?.Dispose();

    private void ReportFiles(Faults faults)
    {
        foreach (var file in (configuration as IConfigurationRoot)?.Providers.OfType<LastGoodJsonProvider>() ?? [])
        {
            if (file.Fault is { } fault)
            {
                faults.Add(file.Source.Path!, fault);
            }
        }
    }

    private void Reload()
    {
        var faults = Read();
        if (faults.Any)
        {
            ConfigurationLog.ReloadRefused(logger, faults.Messages.Count, string.Join("; ", faults.Messages));
            return;
        }

        ConfigurationLog.Reloaded(logger);
    }
}
