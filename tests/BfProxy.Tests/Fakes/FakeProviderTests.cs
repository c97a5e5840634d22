using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Fakes;

/// <summary>The fake is what other tests stand on, so what it promises about bytes and connections is pinned.</summary>
public sealed class FakeProviderTests : IAsyncLifetime, IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, ResponseDrainTimeout = TimeSpan.Zero });
    private FakeProviderServer _provider = null!;

    public async Task InitializeAsync()
    {
        _provider = await FakeProviderServer.StartAsync();
        _client.BaseAddress = _provider.BaseAddress;
    }

    public async Task DisposeAsync() => await _provider.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Frames_arrive_byte_for_byte()
    {
        _provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Hel", "lo \"日本\""));

        using var response = await PostAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(string.Concat(OpenAiFrames.Chat("Hel", "lo \"日本\"")), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Headers_arrive_while_the_first_byte_is_held()
    {
        var gate = new Gate();
        _provider.Script(Script.Sse().Wait(gate).Text("late"));

        using var response = await PostAsync();
        await gate.ReachedAsync();
        gate.Release();

        Assert.Equal("late", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_gate_between_two_pieces_makes_them_two_reads()
    {
        var gate = new Gate();
        _provider.Script(Script.Sse("data: a").Wait(gate).Text("b\n\n"));

        using var response = await PostAsync();
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[64];
        var first = await body.ReadAsync(buffer);
        gate.Release();
        var second = await body.ReadAsync(buffer.AsMemory(first));

        Assert.Equal("data: a", Encoding.UTF8.GetString(buffer, 0, first));
        Assert.Equal("b\n\n", Encoding.UTF8.GetString(buffer, first, second));
    }

    [Fact]
    public async Task A_cut_keeps_what_was_written_and_lacks_the_end()
    {
        _provider.Script(Script.Sse("data: half").Cut());

        using var response = await PostAsync();
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[64];

        Assert.Equal("data: half"u8.ToArray(), buffer[..await body.ReadAsync(buffer)]);
        var error = await Assert.ThrowsAsync<HttpIOException>(async () => await body.ReadExactlyAsync(buffer));
        Assert.Equal(HttpRequestError.ResponseEnded, error.HttpRequestError);
    }

    [Fact]
    public async Task A_reset_is_a_reset()
    {
        var gate = new Gate();
        _provider.Script(Script.Sse("data: half").Wait(gate).Reset());

        using var response = await PostAsync();
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[64];
        _ = await body.ReadAsync(buffer);
        gate.Release();

        var error = await Assert.ThrowsAsync<IOException>(async () => await body.ReadExactlyAsync(buffer));
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(error.InnerException).SocketErrorCode);
    }

    [Fact]
    public async Task A_reset_before_headers_leaves_no_answer()
    {
        _provider.Script(Script.Empty.Reset());

        await Assert.ThrowsAsync<HttpRequestException>(PostAsync);
        Assert.False((await _provider.NextRequestAsync()).PeerGone.IsCompleted);
    }

    [Fact]
    public async Task The_provider_notices_that_its_peer_left()
    {
        _provider.Script(Script.Sse(OpenAiFrames.Role()).Hang());

        var response = await PostAsync();
        var seen = await _provider.NextRequestAsync();
        Assert.False(seen.PeerGone.IsCompleted);
        response.Dispose();

        await seen.PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        await seen.Finished.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(seen.PeerGoneAt > seen.HeadersSentAt);
    }

    [Fact]
    public async Task Scripts_are_taken_in_turn_and_the_last_one_stays()
    {
        _provider.Script(OpenAiScripts.Path, OpenAiScripts.RateLimited("7"), OpenAiScripts.Completion("hi"));

        using var first = await PostAsync();
        using var second = await PostAsync();
        using var third = await PostAsync();

        Assert.Equal(HttpStatusCode.TooManyRequests, first.StatusCode);
        Assert.Equal("7", first.Headers.RetryAfter!.ToString());
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task What_was_sent_is_remembered()
    {
        _provider.Script(Script.Redirect("http://elsewhere.test/"));

        using var request = new HttpRequestMessage(HttpMethod.Post, "v1beta/models/m:streamGenerateContent?alt=sse");
        request.Headers.Add("x-goog-api-key", "key");
        request.Content = new StringContent("""{"a":1}""");
        using var response = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        var seen = Assert.Single(_provider.Requests);
        Assert.Equal("POST", seen.Method);
        Assert.Equal("/v1beta/models/m:streamGenerateContent?alt=sse", seen.Target);
        Assert.Equal("key", seen.Headers["X-Goog-Api-Key"]);
        Assert.Equal(1, seen.ReadJson().GetProperty("a").GetInt32());
    }

    [Fact]
    public async Task A_body_may_come_compressed_unasked()
    {
        _provider.Script(Script.GzippedSse(OpenAiFrames.Done));

        using var response = await PostAsync();
        await using var body = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var text = new StreamReader(body);

        Assert.Equal(OpenAiFrames.Done, await text.ReadToEndAsync());
    }

    [Fact]
    public async Task Gemini_frames_are_json_and_end_in_crlf()
    {
        _provider.Script(GeminiScripts.Chat("a", "b"));

        using var response = await PostAsync();
        var frames = (await response.Content.ReadAsStringAsync()).Split("\r\n\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(2, frames.Length);
        Assert.All(frames, frame => Assert.NotNull(System.Text.Json.Nodes.JsonNode.Parse(frame["data: ".Length..])!["candidates"]));
        Assert.Contains("\"finishReason\":\"STOP\"", frames[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Raw_bytes_bypass_http()
    {
        _provider.Script(Script.Empty.Raw("NONSENSE\r\n\r\n"u8.ToArray()).Cut());

        await Assert.ThrowsAsync<HttpRequestException>(PostAsync);
    }

    [Fact]
    public async Task It_stops_while_scripts_hang()
    {
        _provider.Script(Script.Sse().Hang());
        using var response = await PostAsync();

        await _provider.DisposeAsync();

        Assert.False(_provider.Requests[0].PeerGone.IsCompleted);
    }

    private async Task<HttpResponseMessage> PostAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, OpenAiScripts.Path) { Content = new StringContent("{}") };
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
