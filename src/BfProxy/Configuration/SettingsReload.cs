using Microsoft.Extensions.Primitives;

namespace BfProxy.Configuration;

/// <summary>Reads all settings at start and again whenever a file changed. All or nothing: one fault anywhere keeps the last good state everywhere.</summary>
internal sealed class SettingsReload(IConfiguration configuration, IEnumerable<SettingsSection> sections, ILogger<SettingsReload> logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SettingsSection[] _sections = [.. sections];
    private Dictionary<string, string?> _seen = [];
    private IDisposable? _registration;

    /// <summary>Reads everything now. Where a part has a fault, nothing is swapped.</summary>
    public Faults Read()
    {
        var faults = new Faults();
        lock (_lock)
        {
            ReportFiles(faults);
            RootKeys.Check(configuration, faults);
            LogLevels.Check(configuration, faults);
            ExportAddresses.Check(configuration, faults);
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
    public void Watch()
    {
        _seen = Values();
        ConfigurationLog.Files(logger, string.Join(", ", Files().Where(file => file.IsThere).Select(file => file.FullPath)));
        _registration = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    public void Dispose() => _registration?.Dispose();

    private IEnumerable<LastGoodJsonProvider> Files() => (configuration as IConfigurationRoot)?.Providers.OfType<LastGoodJsonProvider>() ?? [];

    private void ReportFiles(Faults faults)
    {
        foreach (var file in Files())
        {
            if (file.Fault is { } fault)
            {
                faults.Add(file.Source.Path!, fault);
            }
        }
    }

    private void Reload()
    {
        var changed = Changes();
        if (changed.Count == 0)
        {
            // One write of a file may be reported twice.
            return;
        }

        var faults = Read();
        if (faults.Any)
        {
            ConfigurationLog.ReloadRefused(logger, faults.Messages.Count, string.Join("; ", faults.Messages));
            return;
        }

        ConfigurationLog.Reloaded(logger);
        if (changed.Exists(key => key.StartsWith(SurfacesOptions.Section + ":", StringComparison.OrdinalIgnoreCase)))
        {
            ConfigurationLog.SurfacesNeedRestart(logger);
        }
    }

    /// <summary>Keys whose values are not those that were seen last.</summary>
    private List<string> Changes()
    {
        lock (_lock)
        {
            var (old, values) = (_seen, Values());
            _seen = values;
            return [.. values.Keys.Union(old.Keys, StringComparer.OrdinalIgnoreCase).Where(key => values.GetValueOrDefault(key) != old.GetValueOrDefault(key))];
        }
    }

    /// <summary>All that a reload could change, files that cannot be read included.</summary>
    private Dictionary<string, string?> Values()
    {
        var values = configuration.AsEnumerable().ToDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (var file in Files())
        {
            values[$"file {file.Source.Path}"] = file.Fault;
        }

        return values;
    }
}
