using System.Reflection;
using Microsoft.Extensions.Logging;

namespace BfProxy.Tests;

public sealed class EventIdTests
{
    [Fact]
    public void Every_log_message_has_an_event_id_of_its_own()
    {
        var ids = typeof(Program).Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(static method => (Method: $"{method.DeclaringType!.Name}.{method.Name}", Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(static entry => entry.Message is not null)
            .ToLookup(static entry => entry.Message!.EventId, static entry => entry.Method);

        Assert.NotEmpty(ids);
        Assert.Empty(ids.Where(static id => id.Count() > 1).Select(static id => $"{id.Key}: {string.Join(", ", id)}"));
    }
}
