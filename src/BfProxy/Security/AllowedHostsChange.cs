using BfProxy.Configuration;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace BfProxy.Security;

/// <summary>Tells the filter of hosts when our state was swapped. Its own source speaks when a file changes, before anybody has judged what the file says.</summary>
internal sealed class AllowedHostsChange : IOptionsChangeTokenSource<HostFilteringOptions>
{
    private ConfigurationReloadToken _token = new();

    public AllowedHostsChange(Settings<AllowedHosts> settings) =>
        settings.Changed += () => Interlocked.Exchange(ref _token, new ConfigurationReloadToken()).OnReload();

    public string? Name => Options.DefaultName;

    public IChangeToken GetChangeToken() => Volatile.Read(ref _token);
}
