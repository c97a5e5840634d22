using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace BfProxy.Configuration;

/// <summary>Log levels are ASP.NET Core's own section, which ends the process with a stack trace where it names a level that does not exist.</summary>
internal static class LogLevels
{
    private const string Section = "Logging";
    private const string Levels = "LogLevel";

    /// <summary>Lets a start with such a level come as far as our own list of faults, which then ends it.</summary>
    public static void LeaveLevelFaultsToUs(this ILoggingBuilder logging, IConfiguration configuration)
    {
        if (Faulty(configuration).Any())
        {
            logging.Services.RemoveAll<IConfigureOptions<LoggerFilterOptions>>();
        }
    }

    public static void Check(IConfiguration configuration, Faults faults)
    {
        foreach (var level in Faulty(configuration))
        {
            faults.Add(level.Path, $"'{level.Value}' is not a log level; expected one of {string.Join(", ", Enum.GetNames<LogLevel>())}");
        }
    }

    private static IEnumerable<IConfigurationSection> Faulty(IConfiguration configuration)
    {
        var logging = configuration.GetSection(Section);
        return logging.GetChildren().Select(static provider => provider.GetSection(Levels)).Prepend(logging.GetSection(Levels))
            .SelectMany(static levels => levels.GetChildren())
            .Where(static level => !string.IsNullOrEmpty(level.Value) && !Enum.TryParse<LogLevel>(level.Value, ignoreCase: true, out _));
    }
}
