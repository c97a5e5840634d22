using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider.Shapes;
using Microsoft.AspNetCore.Routing;
using Yarp.ReverseProxy.Model;

namespace BfProxy.Tests.Operations.OpenApi;

/// <summary>The OpenAPI document against the application that it describes.</summary>
public sealed class OpenApiTests
{
    private const string Key = $"\"apiKey\":\"{ProxyHost.AppKey}\"";

    /// <summary>Requests that are accepted: path, body beside the key, status.</summary>
    public static TheoryData<string, string> Accepted() => new()
    {
        { "/stream/create", """ "channels":["anonymous"],"payload":{"stream":true,"messages":[{"role":"user","content":"hi"}]} """ },
        { "/stream/create", """ "channels":"anonymous, open-1","actionName":"act","payload":{"stream":1,"model":"gpt-fake-1","temperature":0.5,"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]} """ },
        { "/stream/create", """ "payload":{"provider":"openai","messages":[{"role":"user","parts":[{"text":"hi"}]}]} """ },
        { "/llm/query", """ "channels":["anonymous"],"actionName":"act","payload":{"stream":true,"messages":[{"role":"user","content":"hi"}]} """ },
        { "/llm/query", """ "actionName":"act","payload":{"messages":[{"role":"user","content":"hi"}]} """ },
        { "/llm/query/stop", """ "streamId":"none" """ },
        { "/llm/tool-response", """ "toolCallId":"none","success":true,"data":{} """ },
        { "/message/sendmessage", """ "channels":["anonymous"],"message":{"actions":[{"action":"showAlert","options":{}}]} """ },
        { "/message/adduser", """ "users":[{"id":"USER_1","channels":[{"name":"salesRoom","mode":"listen"}]}] """ },
        { "/message/removeuser", """ "users":[{"id":7,"channels":[{"name":"salesRoom"}]}] """ },
        { "/message/channels", "" },
        { "/message/users", "" },
        { "/message/users", """ "channel":"salesRoom" """ },
        { "/message/allusers", """ "includeUsers":true,"dedupeUsers":0 """ },
        { "/message/allusers", "" },
        { "/message/token", """ "user":{"id":"USER_1","email":"a@example.com"},"channels":[{"name":"salesRoom","mode":"receive"}],"ttl":60 """ },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task An_accepted_request_and_its_answer_are_as_described(string path, string members)
    {
        await using var host = await StartAsync();
        var api = await DescribedApi.GetAsync(host);
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("one", " two"));
        await using var client = await host.ConnectAsync();

        await api.SendAsync(host, path, members.Length == 0 ? $"{{{Key}}}" : $"{{{Key},{members}}}", 201);
    }

    [Fact]
    public async Task Tickets_commands_and_health_are_as_described()
    {
        await using var host = await StartAsync();
        var api = await DescribedApi.GetAsync(host);

        var token = await api.SendAsync(host, "/message/token", $$$"""{ {{{Key}}},"user":{"id":"USER_1"} }""", 201);
        await api.SendAsync(host, "/message/ticket", token.ToJsonString(), 201);
        using var events = new StreamReader(await host.Http.GetStreamAsync(new Uri("message/events", UriKind.Relative)), Encoding.UTF8);
        var greeting = await GreetingAsync(events);
        api.AssertFits(greeting, "Frame");
        await api.SendAsync(host, "/message/command", new JsonObject { ["id"] = 1, ["action"] = "channelJoinAnon", ["options"] = new JsonObject { ["channel"] = "open-1" }, ["resumeToken"] = greeting["resumeToken"]!.DeepClone() }.ToJsonString(), 201);
        await api.SendAsync(host, "/health/live", null, 200);
        await api.SendAsync(host, "/health/ready", null, 200);
        await api.SendAsync(host, "/openapi/v1.json", null, 200);
    }

    [Fact]
    public async Task Every_post_refuses_in_the_shape_that_is_described()
    {
        await using var host = await StartAsync();
        var api = await DescribedApi.GetAsync(host);
        foreach (var (path, _, _) in api.Operations().Where(static operation => operation.Method == "post" && !operation.Path.Contains('{', StringComparison.Ordinal)))
        {
            await api.SendAsync(host, path, "{ nonsense", 400, isDescribed: false);
            await api.SendAsync(host, path, """{"apiKey":"BFAPI_wrong","payload":{"messages":[{"role":"user","content":"hi"}]},"toolCallId":"x"}""", 401, isDescribed: false);
        }

        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.RateLimited(), OpenAiScripts.ServerError());
        foreach (var status in new[] { 429, 502 })
        {
            await api.SendAsync(host, "/stream/create", ProxyHost.Envelope(""" "model":"gpt-fake-1","stream":true """), status);
        }

        await host.StopAsync();
    }

    [Fact]
    public async Task What_a_socket_receives_is_as_described()
    {
        await using var host = await StartAsync();
        var api = await DescribedApi.GetAsync(host);
        await using var client = await host.ConnectAsync();
        api.AssertFits(client.Greeting, "Greeting");
        api.AssertFits(await client.JoinAsync("open-1", "start"), "CommandReply");
        api.AssertFits(await client.JoinAsync("closed-1"), "CommandReply");

        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("one", " two"), OpenAiScripts.Chat("one"));
        await api.SendAsync(host, "/message/sendmessage", $$$"""{ {{{Key}}},"channels":["open-1"],"message":{"actions":[]} }""", 201);
        api.AssertFits(await client.NextAsync(), "MessageFrame");
        await client.CommandAsync("messageSendAnonChannel", new JsonObject { ["channels"] = new JsonArray("open-1"), ["actions"] = new JsonArray() });
        api.AssertFits(await client.NextAsync(), "Frame");
        foreach (var path in new[] { "/stream/create", "/llm/query" })
        {
            await api.SendAsync(host, path, ProxyHost.Envelope(""" "model":"gpt-fake-1","stream":true """, """["open-1"]"""), 201);
            JsonNode frame;
            do
            {
                frame = await client.NextAsync();
                api.AssertFits(frame, "Frame");
            }
            while (frame["event"]!["type"]!.GetValue<string>() != "end");
        }
    }

    [Fact]
    public async Task Everything_that_is_served_is_described_and_the_other_way_round()
    {
        await using var host = await StartAsync();
        var api = await DescribedApi.GetAsync(host);
        var described = api.Paths.Select(static path => DescribedApi.Normal(path.Key)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        // What stands behind all other routes only says that something is not offered.
        var served = ((IEndpointRouteBuilder)host.App).DataSources.SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.Order < int.MaxValue && endpoint.Metadata.GetMetadata<RouteModel>() is null && endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)
            .Select(static endpoint => DescribedApi.Normal(endpoint.RoutePattern.RawText!));

        Assert.Empty(served.Except(described, StringComparer.OrdinalIgnoreCase));
        foreach (var (path, method, _) in api.Operations().Where(static operation => !operation.Path.Contains('{', StringComparison.Ordinal)))
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "post" ? new StringContent("{}") : null };
            using var answer = await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.True(answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed), $"{method} {path} answered {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task The_document_is_whole_names_are_unique_and_its_examples_fit()
    {
        await using var host = await StartAsync();
        var api = await DescribedApi.GetAsync(host);
        var names = api.Operations().Select(static operation => operation.Operation["operationId"]!.GetValue<string>()).ToList();

        Assert.StartsWith("3.1", api.Document["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
        foreach (var (path, _, operation) in api.Operations())
        {
            if (operation["requestBody"]?["content"]!["application/json"] is { } content && content["example"] is { } example)
            {
                api.AssertFits(example, content["schema"]!, path);
            }
        }

        // Every reference leads somewhere, and every keyword is one that the check knows, whether or not a request came by it.
        var check = new SchemaCheck(api.Document);
        foreach (var (_, schema) in api.Document["components"]!["schemas"]!.AsObject())
        {
            _ = check.Faults(new JsonObject(), schema!);
        }
    }

    [Fact]
    public async Task Surfaces_that_are_off_are_not_in_the_document()
    {
        await using var host = await StartAsync(("BfProxy:Surfaces:Messaging", "false"), ("BfProxy:Surfaces:LlmQuery", "false"));
        var api = await DescribedApi.GetAsync(host);

        Assert.Contains(api.Paths, static path => path.Key == "/stream/create");
        Assert.DoesNotContain(api.Paths, static path => path.Key.StartsWith("/message", StringComparison.Ordinal) || path.Key.StartsWith("/llm", StringComparison.Ordinal));
        Assert.DoesNotContain(api.Document["tags"]!.AsArray(), static tag => tag!["name"]!.GetValue<string>() is "Server" or "Channels");
    }

    [Theory]
    [InlineData("openapi/", "text/html")]
    [InlineData("openapi/openapi.js", "text/javascript")]
    [InlineData("openapi/openapi.css", "text/css")]
    public async Task The_page_of_it_takes_nothing_from_elsewhere(string path, string type)
    {
        await using var host = await StartAsync();
        using var answer = await host.Http.GetAsync(new Uri(path, UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.DoesNotContain("://", text, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<style", text, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_is_found_without_the_slash_too()
    {
        await using var host = await StartAsync();
        Assert.Contains("<title>BfProxy API</title>", await host.Http.GetStringAsync(new Uri("openapi", UriKind.Relative)), StringComparison.Ordinal);
    }

    private static Task<ProxyHost> StartAsync(params (string Key, string? Value)[] settings) => ProxyHost.StartAsync(
        new(settings.Select(static setting => KeyValuePair.Create(setting.Key, setting.Value)), StringComparer.Ordinal) { ["BfProxy:Apps:test:TokenSecret"] = "0123456789abcdef0123456789abcdef" });

    private static async Task<JsonNode> GreetingAsync(StreamReader events)
    {
        while (await events.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return JsonNode.Parse(line["data: ".Length..])!;
            }
        }

        throw new InvalidDataException("no greeting");
    }
}
