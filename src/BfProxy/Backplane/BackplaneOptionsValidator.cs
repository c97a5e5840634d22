using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace BfProxy.Backplane;

/// <summary>Says what is wrong with a connection string without repeating it: it may hold a password.</summary>
internal sealed class BackplaneOptionsValidator : IValidateOptions<BackplaneOptions>
{
    public ValidateOptionsResult Validate(string? name, BackplaneOptions options)
    {
        if (string.IsNullOrEmpty(options.Redis))
        {
            return ValidateOptionsResult.Success;
        }

        try
        {
            return ConfigurationOptions.Parse(options.Redis).EndPoints.Count > 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail("Redis: the connection string names no server; expected host:port, then options after commas");
        }
        catch (ArgumentException exception)
        {
            return ValidateOptionsResult.Fail($"Redis: the connection string cannot be read; look at {exception.ParamName ?? "its options"}");
        }
    }
}
