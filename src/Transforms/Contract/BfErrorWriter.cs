using System.Buffers;
using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Writes the body of a refusal: BetterForms' shape and FeathersJS's at once.</summary>
public static class BfErrorWriter
{
    /// <summary>Writes the body as UTF-8 JSON.</summary>
    /// <param name="output">Receives the body.</param>
    /// <param name="error">What went wrong; the provider's words are masked.</param>
    /// <param name="actionName">The request's <c>actionName</c>; left out where none was sent.</param>
    public static void Write(IBufferWriter<byte> output, BfError error, string? actionName)
    {
        var name = ErrorCatalog.Find(error.Status);
        using var writer = new Utf8JsonWriter(output, JsonCopy.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("name"u8, name.Name);
        writer.WriteString("message"u8, error.Message);
        writer.WriteNumber("code"u8, error.Status);
        writer.WriteString("className"u8, name.ClassName);
        writer.WriteStartObject("data"u8);
        writer.WriteEndObject();
        writer.WriteBoolean("success"u8, value: false);
        if (actionName is not null)
        {
            writer.WriteString("actionName"u8, actionName);
        }

        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, error.Message);
        writer.WriteNumber("code"u8, error.Status);
        writer.WriteString("details"u8, Details(error, showProviderWords: true));
        WriteInfo(writer, error);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    internal static string Details(BfError error, bool showProviderWords) =>
        showProviderWords && !string.IsNullOrEmpty(error.ProviderMessage) ? ProviderWords.Mask(error.ProviderMessage) : error.Message;

    private static void WriteInfo(Utf8JsonWriter writer, BfError error)
    {
        writer.WriteStartObject("info"u8);
        writer.WriteString("provider"u8, error.Provider);
        if (error.ProviderStatus is { } status)
        {
            writer.WriteNumber("status"u8, status);
        }
        else
        {
            writer.WriteNull("status"u8);
        }

        writer.WriteString("type"u8, Masked(error.ProviderType));
        writer.WriteString("error"u8, Masked(error.ProviderCode));
        writer.WriteEndObject();
    }

    private static string? Masked(string? words) => words is null ? null : ProviderWords.Mask(words);
}
