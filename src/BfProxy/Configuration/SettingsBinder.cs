using Microsoft.Extensions.Options;

namespace BfProxy.Configuration;

/// <summary>Binds a section to an options class, strictly: a key that nobody reads, or a value of the wrong type, is a fault.</summary>
internal static class SettingsBinder
{
    public static T Bind<T>(IConfigurationSection section, Faults faults, IValidateOptions<T>? validator = null)
        where T : class, new()
    {
        var options = new T();
        try
        {
            section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException exception)
        {
            faults.Add(section.Path, Describe(exception));
            return options;
        }

        if (validator?.Validate(section.Path, options) is { Failed: true } result)
        {
            foreach (var failure in result.Failures)
            {
                faults.Add(section.Path, failure);
            }
        }

        return options;
    }

    private static string Describe(InvalidOperationException exception)
    {
        const string listStart = "were not found on the instance of";
        var message = exception.Message;
        var at = message.IndexOf(listStart, StringComparison.Ordinal);
        if (at < 0)
        {
            // A value that does not convert: the binder's message names the key, its inner one quotes the value.
            return message;
        }

        var names = message[(message.LastIndexOf(": ", StringComparison.Ordinal) + 2)..];
        return $"unknown key {names}; the known ones are in config/bfproxy.schema.json";
    }
}
