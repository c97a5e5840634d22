using System.Buffers;
using System.Text;
using System.Text.Json;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Tests.Contract;

namespace BfProxy.Transforms.Tests.Dialects;

/// <summary>What a request becomes in a provider's own words.</summary>
internal static class NativeBody
{
    public static ReadOnlyMemory<byte> OpenAi(string json, string model = "gpt-4o", bool stream = false) => Write("openai", json, model, stream);

    public static ReadOnlyMemory<byte> Gemini(string json, string model = "gemini-2.5-flash") => Write("gemini", json, model, stream: true);

    public static ReadOnlyMemory<byte> Anthropic(string json, string model = "claude-sonnet-4-5", bool stream = false) => Write("anthropic", json, model, stream);

    public static ReadOnlyMemory<byte> Responses(string json, string model = "gpt-4o", bool stream = false) => Write("openai-responses", json, model, stream);

    public static string ResponsesFault(string json) => Fault("openai-responses", json, "gpt-4o");

    public static string OpenAiFault(string json) => Fault("openai", json, "gpt-4o");

    public static string GeminiFault(string json) => Fault("gemini", json, "gemini-2.5-flash");

    public static string AnthropicFault(string json) => Fault("anthropic", json, "claude-sonnet-4-5");

    public static ReadOnlyMemory<byte> Write(string dialect, string json, string model, bool stream) => Write(dialect, Requests.Read(json), model, stream);

    public static ReadOnlyMemory<byte> Write(string dialect, ChatRequest request, string model, bool stream)
    {
        var body = new ArrayBufferWriter<byte>();
        var traits = ModelRules.Default.For(dialect, model);
        return DialectCatalog.Find(dialect)!.TryWriteRequest(request, model, traits, stream, body, out _, out var error) ? body.WrittenMemory : throw Refused(error!);
    }

    public static string Fault(string dialect, string json, string model)
    {
        var traits = ModelRules.Default.For(dialect, model);
        Assert.False(DialectCatalog.Find(dialect)!.TryWriteRequest(Requests.Read(json), model, traits, stream: false, new ArrayBufferWriter<byte>(), out _, out var error));
        return Checked(error!);
    }

    /// <summary>One member of a body as its text, or null.</summary>
    public static string? Member(ReadOnlyMemory<byte> body, string name)
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.TryGetProperty(name, out var value) ? value.GetRawText() : null;
    }

    public static void AssertMember(string? expected, ReadOnlyMemory<byte> body, string name)
    {
        if (expected is null)
        {
            Assert.Null(Member(body, name));
            return;
        }

        Requests.AssertJson(expected, Encoding.UTF8.GetBytes(Member(body, name) ?? throw new InvalidOperationException(Encoding.UTF8.GetString(body.Span))));
    }

    private static string Checked(BfError error)
    {
        Assert.Equal(400, error.Status);
        Assert.Equal(BfErrorKind.BadRequest, error.Kind);
        return error.Message;
    }

    private static InvalidOperationException Refused(BfError error) => new(error.Message);
}
