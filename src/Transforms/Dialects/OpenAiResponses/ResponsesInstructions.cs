using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAiResponses;

/// <summary>Writes <c>instructions</c>, which a conversation does not remember; an item of it would be said again with every turn.</summary>
internal static class ResponsesInstructions
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<ChatMessage> messages)
    {
        var texts = messages.Where(static message => message.IsInstruction)
            .SelectMany(static message => message.Parts.OfType<TextPart>())
            .Select(static part => part.Text.GetString())
            .ToArray();
        if (texts.Length > 0)
        {
            writer.WriteString("instructions"u8, string.Join("\n\n", texts));
        }
    }
}
