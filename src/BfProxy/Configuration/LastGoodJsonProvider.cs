using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace BfProxy.Configuration;

/// <summary>
/// Reads a JSON file. The provider below would empty itself at a change that is no JSON (a file that is half written, say),
/// tell nobody, and leave the next reload with half a configuration.
/// </summary>
internal sealed class LastGoodJsonProvider(LastGoodJsonSource source) : JsonConfigurationProvider(source)
{
    private bool _loaded;
    private string? _fault;

    /// <summary>What is wrong with the file as it stands now; null where it is in use.</summary>
    public string? Fault => !Source.Optional && _loaded && !IsThere ? "the file is gone" : _fault;

    public bool IsThere => FileInfo?.Exists == true;

    public string FullPath => FileInfo?.PhysicalPath ?? Source.Path!;

    private IFileInfo? FileInfo => Source.FileProvider?.GetFileInfo(Source.Path!);

    public override void Load(Stream stream)
    {
        try
        {
            base.Load(stream);
            _loaded = true;
            _fault = null;
        }
        catch (FormatException exception) when (_loaded)
        {
            _fault = exception.InnerException?.Message ?? exception.Message;
        }
    }
}
