using Microsoft.Extensions.Configuration.Json;

namespace BfProxy.Configuration;

/// <summary>
/// Reads a JSON file. The provider below would empty itself at a change that is no JSON (a file that is half written, say),
/// tell nobody, and leave the next reload with half a configuration.
/// </summary>
internal sealed class LastGoodJsonProvider(LastGoodJsonSource source) : JsonConfigurationProvider(source)
{
    private bool _loaded;

    /// <summary>What is wrong with the file as it stands now; null where it is in use.</summary>
    public string? Fault { get; private set; }

    public override void Load(Stream stream)
    {
        try
        {
            base.Load(stream);
            _loaded = true;
            Fault = null;
        }
        catch (FormatException exception) when (_loaded)
        {
            Fault = exception.InnerException?.Message ?? exception.Message;
        }
    }
}
