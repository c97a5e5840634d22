using System.Buffers;
using System.Text;
using System.Text.Json;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects.Gemini;
using BfProxy.Transforms.Dialects.OpenAi;
using BfProxy.Transforms.Tests.Contract;

namespace BfProxy.Transforms.Tests.Dialects;

/// <summary>What a request becomes in a provider's own words.</summary>
internal static class NativeBody
{
    public static ReadOnlyMemory<byte> OpenAi(string json, string model = "gpt-4o", bool stream = false)
    {
        var body = new ArrayBufferWriter<byte>();
        return OpenAiRequestWriter.TryWrite(Requests.Read(json), model, stream, body, out var error) ? body.WrittenMemory : throw Refused(error!);
    }

    public static ReadOnlyMemory<byte> Gemini(string json, string model = "gemini-2.5-flash")
    {
        var body = new ArrayBufferWriter<byte>();
        return GeminiRequestWriter.TryWrite(Requests.Read(json), model, stream: true, body, out var error) ? body.WrittenMemory : throw Refused(error!);
    }

    public static string OpenAiFault(string json)
    {
        Assert.False(OpenAiRequestWriter.TryWrite(Requests.Read(json), "gpt-4o", stream: false, new ArrayBufferWriter<byte>(), out var error));
        return Checked(error!);
    }

    public static string GeminiFault(string json)
    {
        Assert.False(GeminiRequestWriter.TryWrite(Requests.Read(json), "gemini-2.5-flash", stream: false, new ArrayBufferWriter<byte>(), out var error));
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
