using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace BfProxy.Configuration;

/// <summary>Binds a section to an options class, strictly: a key that nobody reads, or a value of the wrong type, is a fault.</summary>
internal static class SettingsBinder
{
    /// <summary>Binds all of a section but <paramref name="readElsewhere"/>, a part of it that another room reads.</summary>
    public static T Bind<T>(IConfigurationSection section, Faults faults, IValidateOptions<T>? validator = null, string? readElsewhere = null)
        where T : class, new()
    {
        var options = new T();
        var values = ValuesOf(section, readElsewhere);
        if (!TryBind(values, options, out _))
        {
            AddEach<T>(values, section.Path, faults);
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

    private static bool TryBind<T>(IConfiguration values, T options, [NotNullWhen(false)] out string? fault)
        where T : class
    {
        fault = null;
        try
        {
            values.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException exception)
        {
            fault = Describe(exception);
        }

        return fault is null;
    }

    /// <summary>The binder stops at the first fault; an operator wants to see all of them, so each value is tried by itself.</summary>
    private static void AddEach<T>(IConfiguration values, string path, Faults faults)
        where T : class, new()
    {
        foreach (var value in values.AsEnumerable(makePathsRelative: true).Where(pair => pair.Value is not null))
        {
            var alone = new ConfigurationBuilder().AddInMemoryCollection([value]).Build();
            if (!TryBind(alone, new T(), out var fault))
            {
                faults.Add($"{path}:{value.Key}", fault);
            }
        }
    }

    /// <summary>A key whose value is null is one that is absent; the binder would put the null where an option has a default.</summary>
    private static IConfigurationRoot ValuesOf(IConfigurationSection section, string? readElsewhere) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(section.AsEnumerable(makePathsRelative: true).Where(pair => pair.Key.Length > 0 && pair.Value is not null && !IsPart(pair.Key, readElsewhere)))
            .Build();

    private static bool IsPart(string key, string? part) =>
        part is not null && (key.Equals(part, StringComparison.OrdinalIgnoreCase) || key.StartsWith(part + ":", StringComparison.OrdinalIgnoreCase));

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
