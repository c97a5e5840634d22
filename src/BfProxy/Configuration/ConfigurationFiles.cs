using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.FileProviders;

namespace BfProxy.Configuration;

/// <summary>Finds <c>config/bfproxy.json</c> from the repository's root, a published folder and the container alike.</summary>
internal static class ConfigurationFiles
{
    private const string BaseFile = "bfproxy.json";
    private const string SecretsKey = "BfProxy:SecretsFolder";
    private const string DefaultUrl = "http://localhost:5080";

    /// <summary>What is logged where nothing says otherwise: our own words, not a line a request, and no scope that an open connection would hold.</summary>
    private static readonly Dictionary<string, string?> QuietLogs = new(StringComparer.Ordinal)
    {
        ["Logging:CaptureScopes"] = "false",
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "None",
        // Its keys sign the cookies of session affinity only, which a container need not keep.
        ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
        ["Logging:LogLevel:Yarp"] = "Warning",
        ["Logging:LogLevel:Yarp.ReverseProxy.Forwarder"] = "None",
    };

    /// <summary>Puts our two files where ASP.NET Core has its <c>appsettings</c> files: below environment variables and command line.</summary>
    public static void UseBfProxyFiles(this ConfigurationManager configuration, IHostEnvironment environment)
    {
        var sources = ((IConfigurationBuilder)configuration).Sources;
        var index = 0;
        for (var i = sources.Count - 1; i >= 0; i--)
        {
            if (sources[i] is JsonConfigurationSource { Path: { } path } && path.StartsWith("appsettings", StringComparison.OrdinalIgnoreCase))
            {
                sources.RemoveAt(i);
                index = i;
            }
        }

        sources.Insert(0, new MemoryConfigurationSource { InitialData = QuietLogs });
        index++;
        var files = new PhysicalFileProvider(FindFolder(environment.ContentRootPath));
        try
        {
            sources.Insert(index, Source(files, BaseFile, optional: false));
            sources.Insert(index + 1, Source(files, $"bfproxy.{environment.EnvironmentName}.json", optional: true));
            InsertSecrets(configuration, index + 2);
        }
        catch (InvalidDataException exception)
        {
            throw new ConfigurationFaultException([$"{exception.Message} {exception.GetBaseException().Message}"]);
        }
    }

    /// <summary>Listens on <c>http://localhost:5080</c> where nothing says otherwise, in any of ASP.NET Core's ways.</summary>
    public static void UseDefaultUrl(this WebApplicationBuilder builder)
    {
        string[] keys = ["urls", "http_ports", "https_ports"];
        var configuration = builder.Configuration;
        if (keys.All(key => string.IsNullOrEmpty(configuration[key])) && !configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }
    }

    /// <summary>Mounted secrets stand above the files and below environment variables and command line, wherever their folder is named.</summary>
    private static void InsertSecrets(ConfigurationManager configuration, int index)
    {
        if (configuration[SecretsKey] is not { Length: > 0 } folder)
        {
            return;
        }

        if (!Directory.Exists(folder))
        {
            throw new ConfigurationFaultException([$"{SecretsKey}: there is no folder '{folder}'"]);
        }

        ((IConfigurationBuilder)configuration).Sources.Insert(index, new KeyPerFileConfigurationSource { FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder)), ReloadOnChange = true, Optional = false });
    }

    private static LastGoodJsonSource Source(PhysicalFileProvider files, string name, bool optional) =>
        new() { FileProvider = files, Path = name, Optional = optional, ReloadOnChange = true };

    private static string FindFolder(string contentRoot)
    {
        string[] starts = [contentRoot, AppContext.BaseDirectory];
        foreach (var start in starts)
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                var candidate = Path.Combine(folder.FullName, "config");
                if (File.Exists(Path.Combine(candidate, BaseFile)))
                {
                    return candidate;
                }
            }
        }

        throw new ConfigurationFaultException([$"config/{BaseFile} was found neither in {contentRoot} nor beside the program, nor in a folder above them"]);
    }
}
