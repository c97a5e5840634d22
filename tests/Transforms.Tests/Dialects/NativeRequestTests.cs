using System.Buffers;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Transforms.Tests.Dialects;

public sealed class NativeRequestTests
{
    [Theory]
    [InlineData("openai", "gpt-6-sol", true, "/v1/chat/completions", "", "Authorization", "Bearer ")]
    [InlineData("openai", "org/model:free", false, "/v1/chat/completions", "", "Authorization", "Bearer ")]
    [InlineData("gemini", "gemini-3.8-flash", true, "/v1beta/models/gemini-3.8-flash:streamGenerateContent", "?alt=sse", "x-goog-api-key", "")]
    [InlineData("gemini", "gemini-3.8-flash", false, "/v1beta/models/gemini-3.8-flash:generateContent", "", "x-goog-api-key", "")]
    [InlineData("gemini", "models/gemini-3.8-flash", false, "/v1beta/models/gemini-3.8-flash:generateContent", "", "x-goog-api-key", "")]
    [InlineData("gemini", "a/b:c?d#e", false, "/v1beta/models/a%2Fb%3Ac%3Fd%23e:generateContent", "", "x-goog-api-key", "")]
    [InlineData("openai-responses", "gpt-6-sol", true, "/v1/responses", "", "Authorization", "Bearer ")]
    [InlineData("anthropic", "claude-sonnet-4-5", true, "/v1/messages", "", "x-api-key", "")]
    [InlineData("anthropic", "claude-sonnet-4-5", false, "/v1/messages", "", "x-api-key", "")]
    public void A_request_goes_where_the_provider_wants_it(string provider, string model, bool stream, string path, string query, string header, string prefix)
    {
        var body = new ArrayBufferWriter<byte>();

        var written = DialectCatalog.Find(provider)!.TryWriteRequest(Request(), model, new ModelTraits(), stream, body, out var native, out var error);

        Assert.True(written, error?.Message);
        Assert.Equal(new NativeRequest(path, query, header, prefix) { Headers = native.Headers }, native);
        Assert.StartsWith("{", System.Text.Encoding.UTF8.GetString(body.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void Anthropic_is_told_which_version_of_its_API_is_meant()
    {
        DialectCatalog.Find("anthropic")!.TryWriteRequest(Request(), "m", new ModelTraits(), stream: true, new ArrayBufferWriter<byte>(), out var native, out _);

        Assert.Equal([new KeyValuePair<string, string>("anthropic-version", "2023-06-01")], native.Headers);
    }

    private static ChatRequest Request()
    {
        var json = """{"payload":{"messages":[{"role":"user","content":"Hello."}]}}"""u8.ToArray();
        Assert.True(BfEnvelope.TryParse(json, out var envelope, out var fault), fault?.Message);
        Assert.True(envelope.TryReadChat(out var request, out fault), fault?.Message);
        return request;
    }
}
