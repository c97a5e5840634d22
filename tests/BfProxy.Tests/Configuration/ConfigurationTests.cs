using System.Net;
using System.Net.Sockets;
using BfProxy.Configuration;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace BfProxy.Tests.Configuration;

/// <summary>A bad start lists every fault; a bad reload changes nothing; a good one changes everything at once.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public async Task A_bad_start_lists_every_fault_at_once()
    {
        var fault = await Assert.ThrowsAsync<ConfigurationFaultException>(() => ProxyHost.StartAsync(new()
        {
            ["BfProxy:Providers:openai:Dialect"] = "klingon",
            ["BfProxy:Providers:gemini:Timeouts:Idle"] = "-00:00:01",
            ["BfProxy:Providers:lost:Dialect"] = "openai",
            ["BfProxy:Providers:demo:Modles:x"] = "y",
            ["BfProxy:Apps:test:Domains:0"] = "http://no",
            ["BfProxy:Apps:test:ApiKeys:1"] = "sha256:zz",
            ["BfProxy:Channels:HistorySize"] = "0",
            ["BfProxy:DrainTimeout"] = "soon",
            ["BfProxy:Images:AllowedHosts:0"] = "*example.com",
            ["BfProxy:Images:AllowedNetworks:0"] = "10.1.0.0/33",
            ["BfProxy:Images:MaxCount"] = "0",
            ["BfProxy:Providers:gemini:ApiKeys:0"] = "secret\nkey",
            ["ReverseProxy:Clusters:openai:LoadBalancingPolicy"] = "Nonsense",
            ["ReverseProxy:Clusters:extra:Destinations:primary:Address"] = "api.example.com",
            ["ReverseProxy:Routes:page:ClusterId"] = "nowhere",
            ["ReverseProxy:Routes:page:Match:Path"] = "/page",
            ["ReverseProxy:Route:page:ClusterId"] = "openai",
            ["ReverseProxy:Clusters:gemini:SessionAffinity:Enabled"] = "true",
            ["ReverseProxy:Clusters:gemini:SessionAffinity:AffinityKeyName"] = "k",
        }));

        string[] expected =
        [
            "BfProxy:Providers:openai:Dialect: 'klingon'", "BfProxy:Providers:gemini:Timeouts:Idle", "BfProxy:Providers:lost:Cluster", "'Modles'",
            "BfProxy:Images:AllowedHosts:0: expected a host name", "BfProxy:Images:AllowedNetworks:0: expected a network", "MaxCount",
            "BfProxy:Apps:test:Domains", "BfProxy:Apps:test:ApiKeys:1", "HistorySize", "BfProxy:DrainTimeout: 'soon'", "Nonsense", "HashCookie",
            "ReverseProxy:Clusters:extra:Destinations:primary:Address: 'api.example.com' is not an absolute", "ReverseProxy:Routes:page:ClusterId: there is no cluster 'nowhere'",
            "ReverseProxy:Route: unknown key; expected one of Clusters, Routes", "BfProxy:Providers:gemini:ApiKeys:0: the key holds",
        ];
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
        Assert.All(expected, part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reload_moves_a_provider_and_a_bad_one_changes_nothing()
    {
        await using var host = await ProxyHost.StartAsync();
        await using var second = await FakeProviderServer.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("first"));
        second.Script(OpenAiScripts.Path, OpenAiScripts.Chat("second"));
        host.ExpectedErrors.Add(100);

        Change(host, "BfProxy:Providers:openai:Dialect", "klingon");
        Assert.Contains("first", await AskAsync(host), StringComparison.Ordinal);
        await host.LoggedAsync("klingon");

        Change(host, "BfProxy:Providers:openai:Dialect", "openai");
        Change(host, "ReverseProxy:Clusters:openai:Destinations:primary:Address", second.BaseAddress.ToString());
        host.WaitForAddress("openai", second.BaseAddress);
        Assert.Contains("second", await AskAsync(host), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BfProxy:Providers:openai:Dialect", "klingon")]
    [InlineData("ReverseProxy:Clusters:openai:LoadBalancingPolicy", "Nonsense")]
    [InlineData("ReverseProxy:Clusters:openai:HttpRequest:ActivityTimeout", "soon")]
    [InlineData("ReverseProxy:Routes:page:ClusterId", "nowhere")]
    [InlineData("AllowedHosts", "page.example:8080")]
    public async Task A_reload_with_a_fault_anywhere_changes_nothing_anywhere(string key, string value)
    {
        await using var host = await ProxyHost.StartAsync();
        await using var second = await FakeProviderServer.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("first"));
        second.Script(OpenAiScripts.Path, OpenAiScripts.Chat("second"));
        host.ExpectedErrors.Add(100);

        host.App.Configuration["ReverseProxy:Clusters:openai:Destinations:primary:Address"] = second.BaseAddress.ToString();
        Change(host, key, value);

        Assert.Contains("first", await AskAsync(host), StringComparison.Ordinal);
        await host.LoggedAsync(value);
        Assert.DoesNotContain("Error Yarp", host.Logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_is_logged_once_and_one_without_a_change_not_at_all()
    {
        await using var host = await ProxyHost.StartAsync();
        Change(host, "BfProxy:Providers:openai:DefaultModel", "gpt-other");
        ((IConfigurationRoot)host.App.Configuration).Reload();
        Change(host, "BfProxy:Surfaces:Playground", "false");

        Assert.Equal(2, host.Logs.Split("[101]").Length - 1);
        Assert.Equal(1, host.Logs.Split("[103]").Length - 1);
    }

    [Fact]
    public async Task A_file_that_is_deleted_while_running_keeps_the_last_good_state()
    {
        var root = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(root.CreateSubdirectory("config").FullName, "bfproxy.json");
            File.Copy(Path.Combine(AppContext.BaseDirectory, "config", "bfproxy.json"), file);
            await using var host = await ProxyHost.StartAsync(contentRoot: root.FullName);
            host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("still here"));
            host.ExpectedErrors.Add(100);
            await host.LoggedAsync(file);

            File.Delete(file);

            await host.LoggedAsync("bfproxy.json: the file is gone");
            Assert.Contains("still here", await AskAsync(host), StringComparison.Ordinal);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://203.0.113.1:5080")]
    [InlineData(null)]
    public async Task An_address_that_cannot_be_had_ends_the_start_in_order(string? address)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        Assert.Equal(69, await Program.Main(["--urls", address ?? $"http://{taken.LocalEndpoint}"]));
    }

    [Fact]
    public async Task A_certificate_that_is_not_there_ends_the_start_in_order() =>
        Assert.Equal(69, await Program.Main(["--Kestrel:Endpoints:page:Url=https://127.0.0.1:0", "--Kestrel:Endpoints:page:Certificate:Path=/nowhere.pfx"]));

    [Theory]
    [InlineData(null, false)]
    [InlineData("Information", true)]
    public async Task A_request_is_no_line_in_the_log_unless_configured(string? level, bool isLogged)
    {
        await using var host = await ProxyHost.StartAsync(level is null ? [] : new() { ["Logging:LogLevel:Microsoft.AspNetCore"] = level, ["Logging:LogLevel:Yarp"] = level });
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("hi"));

        Assert.Contains("hi", await AskAsync(host), StringComparison.Ordinal);

        Assert.Equal(isLogged, host.Logs.Contains("Information Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.Equal(isLogged, host.Logs.Contains("stream/create", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Production", true)]
    [InlineData("Development", false)]
    public async Task A_process_that_serves_nobody_says_so(string environment, bool says)
    {
        using var logs = new RecordingLoggerProvider();
        await using var app = await Program.BuildAsync(["--environment", environment], builder => builder.Logging.ClearProviders().AddProvider(logs));

        Assert.Equal(says, logs.Text.Contains("[201]", StringComparison.Ordinal));
        Disclosures.AssertNone(Disclosures.SecretsOf(app.Configuration, []), logs.Text);
        Disclosures.AssertNoneInRun([], logs.Text);
    }

    [Fact]
    public async Task A_configuration_without_the_demo_provider_starts()
    {
        var root = Directory.CreateTempSubdirectory();
        try
        {
            await File.WriteAllTextAsync(Path.Combine(root.CreateSubdirectory("config").FullName, "bfproxy.json"), "{}");
            string[] providers = ["openai", "gemini", "anthropic"];
            await using var host = await ProxyHost.StartAsync(providers.ToDictionary(name => $"BfProxy:Providers:{name}:Dialect", string? (name) => name), contentRoot: root.FullName);
            using var response = await host.ChatAsync(""" "provider":"demo","model":"x" """);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_bad_start_lists_every_fault_of_one_section_too()
    {
        var fault = await Assert.ThrowsAsync<ConfigurationFaultException>(() => ProxyHost.StartAsync(new()
        {
            ["BfProxy:Providers:openai:Timeouts:Idle"] = "soon",
            ["BfProxy:Providers:openai:KeyRequired"] = "perhaps",
            ["BfProxy:Providers:openai:Modles:x"] = "y",
            ["BfProxy:Apps:test:Domains:0"] = "page.example",
            ["BfProxy:Apps:second:Domains:0"] = "Page.example",
            ["BfProxy:Provders:x:Dialect"] = "openai",
        }));

        Assert.All(["Timeouts:Idle", "KeyRequired", "'Modles'", "page.example' is listed twice", "BfProxy:Provders"], part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_value_of_the_wrong_type_hides_no_other_fault_of_its_section()
    {
        var fault = await Assert.ThrowsAsync<ConfigurationFaultException>(() => ProxyHost.StartAsync(new()
        {
            ["BfProxy:Channels:HistoryTtl"] = "soon",
            ["BfProxy:Channels:HistoryBytes"] = "much",
            ["BfProxy:Channels:HistorySize"] = "0",
            ["BfProxy:Providers:openai:KeyRequired"] = "perhaps",
            ["BfProxy:Providers:openai:MaxResponseBytes"] = "7",
            ["BfProxy:Apps:test:Delivery"] = "pigeon",
            ["BfProxy:Bots:help:Welcome:0"] = "hi",
            ["Logging:LogLevel:Default"] = "Loud",
            ["Logging:Console:LogLevel:Yarp"] = "Quiet",
            ["AllowedHosts"] = "page.example;https://page.example",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector:4317",
            ["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"] = "https://collector.example/v1/logs",
        }));

        Assert.Equal(
            [
                "The configuration has 11 faults:",
                "AllowedHosts: 'https://page.example' is not a host name (no scheme, no port)",
                "BfProxy:Apps:test:Delivery: 'pigeon' is not a value of DeliveryMode; the known ones are in config/bfproxy.schema.json",
                "BfProxy:Bots:help:App: is required",
                "BfProxy:Channels:HistoryBytes: 'much' is not a whole number, or too large for one",
                "BfProxy:Channels:HistorySize: must be between 1 and 1000000",
                "BfProxy:Channels:HistoryTtl: 'soon' is not a time; expected hh:mm:ss, such as 00:00:30",
                "BfProxy:Providers:openai:KeyRequired: 'perhaps' is not a boolean; expected true or false",
                "BfProxy:Providers:openai:MaxResponseBytes: must be between 1024 and 1073741824",
                "Logging:Console:LogLevel:Yarp: 'Quiet' is not a log level; expected one of Trace, Debug, Information, Warning, Error, Critical, None",
                "Logging:LogLevel:Default: 'Loud' is not a log level; expected one of Trace, Debug, Information, Warning, Error, Critical, None",
                "OTEL_EXPORTER_OTLP_ENDPOINT: an http or https address was expected, such as http://collector:4317",
            ],
            fault.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(static line => line.StartsWith("- ", StringComparison.Ordinal) ? line[2..] : line)
                .OrderByDescending(static line => line.StartsWith("The ", StringComparison.Ordinal)).ThenBy(static line => line, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_refused_reload_leaves_the_allowed_hosts_as_they_were_and_a_good_one_changes_them()
    {
        await using var host = await ProxyHost.StartAsync(new() { ["AllowedHosts"] = "first.example" });
        host.ExpectedErrors.Add(100);

        host.App.Configuration["AllowedHosts"] = "second.example";
        Change(host, "BfProxy:Providers:openai:Dialect", "klingon");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "first.example"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(host, "second.example"));

        Change(host, "BfProxy:Providers:openai:Dialect", "openai");
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(host, "first.example"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "second.example"));
    }

    [Fact]
    public async Task A_file_that_is_no_JSON_is_a_fault_at_start_and_keeps_the_last_good_state_later()
    {
        var root = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(root.CreateSubdirectory("config").FullName, "bfproxy.json");
            var good = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "config", "bfproxy.json"));
            await File.WriteAllTextAsync(file, good[..^10]);
            Assert.Contains("bfproxy.json", (await Assert.ThrowsAsync<ConfigurationFaultException>(() => ProxyHost.StartAsync(contentRoot: root.FullName))).Message, StringComparison.Ordinal);

            await File.WriteAllTextAsync(file, good);
            await using var host = await ProxyHost.StartAsync(contentRoot: root.FullName);
            host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("still here"));
            host.ExpectedErrors.Add(100);
            await File.WriteAllTextAsync(file, good[..^10]);
            await host.LoggedAsync("[100]");
            Assert.Contains("still here", await AskAsync(host), StringComparison.Ordinal);

            await File.WriteAllTextAsync(file, good);
            await host.LoggedAsync("[101]");
            Assert.Contains("still here", await AskAsync(host), StringComparison.Ordinal);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_reload_adds_a_provider_without_a_restart()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("hello"));
        using var before = await host.ChatAsync(""" "provider":"local","model":"gpt-fake-1" """);
        Assert.Equal(HttpStatusCode.BadRequest, before.StatusCode);

        var configuration = (IConfigurationRoot)host.App.Configuration;
        configuration["BfProxy:Providers:local:Dialect"] = "openai";
        configuration["BfProxy:Providers:local:Cluster"] = "openai";
        configuration["BfProxy:Providers:local:KeyRequired"] = "false";
        configuration.Reload();

        host.WaitForProvider("local");
        using var after = await host.ChatAsync(""" "provider":"local","model":"gpt-fake-1" """);
        Assert.Equal(HttpStatusCode.Created, after.StatusCode);
    }

    private static void Change(ProxyHost host, string key, string value)
    {
        host.App.Configuration[key] = value;
        ((IConfigurationRoot)host.App.Configuration).Reload();
    }

    private static async Task<HttpStatusCode> StatusAsync(ProxyHost host, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = name } };
        using var answer = await host.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<string> AskAsync(ProxyHost host)
    {
        using var answer = await host.ChatAsync(""" "model":"gpt-fake-1" """);
        return await answer.Content.ReadAsStringAsync();
    }
}
