using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace BfProxy.Configuration;

/// <summary>Binds a section to an options class, strictly: a key that nobody reads, or a value of the wrong type, is a fault.</summary>
internal static partial class SettingsBinder
{
    /// <summary>Binds all of a section but <paramref name="readElsewhere"/>, a part of it that another room reads.</summary>
    public static T Bind<T>(IConfigurationSection section, Faults faults, IValidateOptions<T>? validator = null, string? readElsewhere = null)
        where T : class, new()
    {
        var options = new T();
        var values = ValuesOf(section, readElsewhere);
        if (!TryBind(values, options, out _))
        {
            // What is left without them is checked all the same: an operator wants to see all faults at once.
            options = new T();
            if (!TryBind(WithoutFaulty<T>(values, section.Path, faults), options, out var rest))
            {
                faults.Add(section.Path, rest);
            }
        }

        if (validator?.Validate(section.Path, options) is { Failed: true } result)
        {
            foreach (var failure in result.Failures)
            {
                AddFailure(section.Path, failure, faults);
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

    /// <summary>The binder stops at the first fault, so each value is tried by itself.</summary>
    private static IConfigurationRoot WithoutFaulty<T>(IConfiguration values, string path, Faults faults)
        where T : class, new()
    {
        List<KeyValuePair<string, string?>> good = [];
        foreach (var value in values.AsEnumerable(makePathsRelative: true).Where(pair => pair.Value is not null))
        {
            if (TryBind(Only([value]), new T(), out var fault))
            {
                good.Add(value);
            }
            else
            {
                faults.Add($"{path}:{value.Key}", fault);
            }
        }

        return Only(good);
    }

    private static IConfigurationRoot Only(IEnumerable<KeyValuePair<string, string?>> values) => new ConfigurationBuilder().AddInMemoryCollection(values).Build();

    /// <summary>A key whose value is null is one that is absent; the binder would put the null where an option has a default.</summary>
    private static IConfigurationRoot ValuesOf(IConfigurationSection section, string? readElsewhere) =>
        Only(section.AsEnumerable(makePathsRelative: true).Where(pair => pair.Key.Length > 0 && pair.Value is not null && !IsPart(pair.Key, readElsewhere)));

    private static bool IsPart(string key, string? part) =>
        part is not null && (key.Equals(part, StringComparison.OrdinalIgnoreCase) || key.StartsWith(part + ":", StringComparison.OrdinalIgnoreCase));

    private static string Describe(InvalidOperationException exception)
    {
        var message = exception.Message;
        if (!message.Contains("were not found on the instance of", StringComparison.Ordinal))
        {
            return Conversion().Match(message) is { Success: true } conversion
                ? $"{conversion.Groups["value"]} is not {Expected(conversion.Groups["type"].Value)}"
                : message;
        }

        var names = message[(message.LastIndexOf(": ", StringComparison.Ordinal) + 2)..];
        return $"unknown key {names}; the known ones are in config/bfproxy.schema.json";
    }

    private static string Expected(string type) => type switch
    {
        "System.TimeSpan" => "a time; expected hh:mm:ss, such as 00:00:30",
        "System.Boolean" => "a boolean; expected true or false",
        "System.Int32" or "System.Int64" => "a whole number, or too large for one",
        "System.Double" => "a number",
        _ => $"a value of {type[(type.LastIndexOfAny(['.', '+']) + 1)..]}; the known ones are in config/bfproxy.schema.json",
    };

    /// <summary>The validators say <c>Member: The field path.Member must be …</c>; what they name twice is said once, and where it stands.</summary>
    private static void AddFailure(string path, string failure, Faults faults)
    {
        var member = Member().Match(failure).Value;
        var words = failure[member.Length..].TrimStart(':', ' ')
            .Replace($"The field {path}.{member} ", "", StringComparison.Ordinal)
            .Replace($"The {path}.{member} field is required.", "is required", StringComparison.Ordinal);
        faults.Add(member.Length == 0 ? path : $"{path}:{member.Replace('.', ':')}", words.TrimEnd('.'));
    }

    [GeneratedRegex("^Failed to convert configuration value (?<value>'.*') at '[^']*' to type '(?<type>[^']*)'", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Conversion();

    [GeneratedRegex(@"^[A-Za-z0-9_.\[\]]+(?=: )", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Member();
}
