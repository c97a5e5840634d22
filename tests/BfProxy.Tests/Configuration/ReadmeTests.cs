using System.Net;
using System.Text;
using BfProxy.Tests.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace BfProxy.Tests.Configuration;

/// <summary>The README's configuration starts as it stands there, in both ways that the README names.</summary>
public sealed class ReadmeTests
{
    private const string Question = """{"apiKey":"BFAPI_shop","payload":{"provider":"gemini","messages":[{"role":"user","content":"x"}]}}""";

    [Theory]
    [InlineData("bfproxy.json", HttpStatusCode.BadRequest, "unknown provider; expected one of openai")]
    [InlineData("bfproxy.Production.json", HttpStatusCode.Forbidden, "this app may not use provider 'gemini'")]
    public async Task Its_example_starts_as_pasted_and_replaces_or_adds_to_what_ships(string name, HttpStatusCode status, string message)
    {
        var root = Directory.CreateTempSubdirectory();
        try
        {
            var config = root.CreateSubdirectory("config").FullName;
            File.Copy(Path.Combine(AppContext.BaseDirectory, "config", "bfproxy.json"), Path.Combine(config, "bfproxy.json"));
            await File.WriteAllTextAsync(Path.Combine(config, name), await ExampleAsync());
            Disclosures.Watch();
            using var logs = new RecordingLoggerProvider();
            string[] args = ["--contentRoot", root.FullName, "--environment", "Production", "--urls", "http://127.0.0.1:0"];

            await using var app = await Program.BuildAsync(args, builder => builder.Logging.ClearProviders().AddProvider(logs));
            await app.StartAsync();
            var (answered, text) = await AskAsync(app);
            await app.StopAsync();

            Assert.Equal(status, answered);
            Assert.Contains(message, text, StringComparison.Ordinal);
            logs.AssertNoUnexpectedErrors();
            var secrets = Disclosures.SecretsOf(app.Configuration, []);
            Disclosures.AssertNone(secrets, logs.Text, text);
            Disclosures.AssertNoneInRun(secrets, logs.Text, text);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static async Task<(HttpStatusCode Status, string Text)> AskAsync(WebApplication app)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await http.PostAsync(new Uri(new Uri(app.Urls.First()), "stream/create"), new StringContent(Question, Encoding.UTF8, "application/json"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The first block of configuration after the heading.</summary>
    private static async Task<string> ExampleAsync()
    {
        const string fence = "```jsonc\n";
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var start = text.IndexOf(fence, text.IndexOf("## Configuration", StringComparison.Ordinal), StringComparison.Ordinal) + fence.Length;
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
