namespace BfProxy.Routing;

/// <summary>
/// The <c>ReverseProxy</c> section as YARP sees it: the last good state, whole. YARP watches its section by itself; between it and
/// the files stands this, so that a reload with a fault anywhere changes nothing there either.
/// </summary>
internal sealed class ProxySection : ConfigurationProvider, IConfigurationSource
{
    public const string Name = "ReverseProxy";

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Makes these keys and values the section, and tells who watches.</summary>
    public void Replace(ProxySettings settings)
    {
        Data = settings.Values.ToDictionary(StringComparer.OrdinalIgnoreCase);
        OnReload();
    }
}
