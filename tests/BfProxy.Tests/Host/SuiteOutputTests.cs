using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BfProxy.Tests.Host;

/// <summary>The look through all that the suite said, which each host's end is a part of, does find what leaks from one host into another's words.</summary>
public sealed class SuiteOutputTests
{
    private static readonly Action<ILogger, string, Exception?> Say = LoggerMessage.Define<string>(LogLevel.Information, new EventId(1), "It said {Word}");

    private const string Secret = "sk-of-the-first-host";

    [Fact]
    public void What_was_said_before_it_was_known_as_a_secret_is_found()
    {
        using var run = new SuiteOutput();
        Assert.Null(run.Add([], ["Debug a line\nDebug it said " + Secret + " aloud\nDebug another", "more"]));
        Assert.Null(run.Add(["sk-of-the-second-host"], ["nothing"]));

        Assert.Equal("Debug it said " + Secret + " aloud", run.Add([Secret], []));
    }

    [Fact]
    public void What_is_said_after_it_was_known_as_a_secret_is_found_whichever_host_says_it()
    {
        using var run = new SuiteOutput();
        Assert.Null(run.Add([Secret, "a prompt of somebody"], ["nothing"]));
        Assert.Null(run.Add(["sk-of-the-second-host"], ["nothing"]));

        Assert.Equal("it said a prompt of somebody", run.Add([], ["fine", "fine\nit said a prompt of somebody"]));
        Assert.Equal(Secret, run.Add([], [Secret]));
    }

    [Fact]
    public async Task Every_host_hands_over_what_it_said_and_what_it_was_used_with()
    {
        var (word, key) = ($"word-{Guid.NewGuid():N}", $"sk-{Guid.NewGuid():N}");
        await using (var host = await ProxyHost.StartAsync(new(StringComparer.Ordinal) { ["BfProxy:Providers:openai:ApiKey"] = key }))
        {
            Say(host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("canary"), word, null);
        }

        Assert.Equal("of another host: " + key, SuiteOutput.OfThisRun.Add([], ["of another host: " + key]));
        Assert.Contains(word, SuiteOutput.OfThisRun.Add([word], []), StringComparison.Ordinal);
    }
}
