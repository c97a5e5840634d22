using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using BfProxy.Configuration;

namespace BfProxy.Sessions;

/// <summary>Reads <c>BfProxy:Bots</c>.</summary>
internal static partial class BotCatalogReader
{
    private const string AnyOrigin = "*";
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static BotCatalog Read(IConfiguration configuration, Faults faults) =>
        new([.. configuration.GetSection(BotOptions.Section).GetChildren().Select(section => ReadBot(section, configuration, faults))]);

    private static Bot ReadBot(IConfigurationSection section, IConfiguration configuration, Faults faults)
    {
        var options = SettingsBinder.Bind(section, faults, new BotOptionsValidator());
        if (!PublicId().IsMatch(section.Key))
        {
            faults.Add(section.Path, "a bot's name stands in addresses; expected 1 to 64 letters, digits, '-', '_'");
        }

        CheckNames(section, options, configuration, faults);
        var origins = options.AllowedOrigins.Contains(AnyOrigin, StringComparer.Ordinal) ? null : options.AllowedOrigins.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        return new Bot(section.Key, options, origins, PublishedAt(section));
    }

    private static void CheckNames(IConfigurationSection section, BotOptions options, IConfiguration configuration, Faults faults)
    {
        var app = configuration.GetSection($"BfProxy:Apps:{options.App}");
        if (options.App.Length > 0 && !app.Exists())
        {
            faults.Add($"{section.Path}:App", $"there is no app '{options.App}' in BfProxy:Apps");
        }

        string?[] allowed = [.. app.GetSection("Providers").GetChildren().Select(static provider => provider.Value)];
        if (!configuration.GetSection($"BfProxy:Providers:{options.Provider}").Exists())
        {
            faults.Add($"{section.Path}:Provider", $"there is no provider '{options.Provider}' in BfProxy:Providers");
        }
        else if (allowed.Length > 0 && !allowed.Contains(options.Provider, StringComparer.OrdinalIgnoreCase))
        {
            faults.Add($"{section.Path}:Provider", $"the app '{options.App}' may not use provider '{options.Provider}'");
        }

        foreach (var origin in options.AllowedOrigins.Where(static origin => origin != AnyOrigin && !IsOrigin(origin)))
        {
            faults.Add($"{section.Path}:AllowedOrigins", $"'{origin}' is not an origin; expected * or scheme and host, such as https://www.example.com");
        }
    }

    private static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase);

    /// <summary>The same on every node and after every start, as long as the settings are: no clock knows when they were written.</summary>
    private static DateTimeOffset PublishedAt(IConfigurationSection section)
    {
        var settings = section.AsEnumerable(makePathsRelative: true).OrderBy(static pair => pair.Key, StringComparer.OrdinalIgnoreCase);
        var text = string.Join('\0', settings.Select(static pair => $"{pair.Key}={pair.Value}"));
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return Epoch + TimeSpan.FromSeconds(BinaryPrimitives.ReadUInt32LittleEndian(hash) >> 3);
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PublicId();
}
