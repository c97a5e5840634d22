using System.Diagnostics;
using System.Diagnostics.Metrics;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit.Sdk;

namespace BfProxy.Tests.Host;

/// <summary>The look for keys and prompts, which every test with a host ends with, does find them.</summary>
public sealed class DisclosureTests
{
    private static readonly Action<ILogger, string, Exception?> Say = LoggerMessage.Define<string>(LogLevel.Information, new EventId(1), "It said {Secret}");

    public static TheoryData<string, string> Leaks()
    {
        var leaks = new TheoryData<string, string>();
        foreach (var way in (string[])["log", "trace", "metric", "error"])
        {
            leaks.Add(way, $"sk-canary-{way}");
            leaks.Add(way, $"a canary's prompt, {way}");
        }

        return leaks;
    }

    [Theory]
    [MemberData(nameof(Leaks))]
    public async Task A_key_or_a_prompt_that_leaks_fails_the_test_that_used_it(string way, string secret)
    {
        var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));
        var (key, prompt) = secret.Contains(' ', StringComparison.Ordinal) ? ("sk-any-key", secret) : (secret, "any prompt");
        using var answer = await host.PostAsync("stream/create", ProxyHost.Envelope($$""" "apiKey":"{{key}}","model":"gpt-fake-1","messages":[{"role":"user","content":"{{prompt}}"}] """));
        Assert.True(answer.IsSuccessStatusCode);

        switch (way)
        {
            case "log":
                Say(host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("canary"), secret, null);
                break;
            case "trace":
                using (var source = new ActivitySource("canary"))
                {
                    source.StartActivity("canary")!.SetTag("canary", secret).Dispose();
                }

                break;
            case "metric":
                using (var meter = new Meter("canary"))
                {
                    meter.CreateCounter<long>("canary").Add(1, new KeyValuePair<string, object?>("canary", secret));
                }

                break;
            default:
                host.Provider.Script("/leak", FakeProvider.Script.Json(400, $"{{\"said\":\"{secret}\"}}"));
                using (await host.Http.GetAsync(new Uri(host.Provider.BaseAddress, "leak")))
                {
                    break;
                }
        }

        var failure = await Assert.ThrowsAsync<TrueException>(() => host.DisposeAsync().AsTask());
        Assert.Contains(secret, failure.Message, StringComparison.Ordinal);
    }
}
