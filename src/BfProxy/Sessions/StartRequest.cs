using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Sessions;

/// <summary>What <c>startChat</c> asks for. The widget sends more than is needed here, and other versions other things: fields that are not known are left alone.</summary>
internal sealed record StartRequest(string? Message, bool Streams, bool OnlyRegisters, string? ResultId, TextFormat Format, IReadOnlyDictionary<string, string> Variables)
{
    private const int MaxValueLength = 500;
    private const int MaxResultId = 64;

    /// <summary>Reads the request, or says why not.</summary>
    public static (StartRequest? Start, BfError? Refusal) Read(JsonElement root, Bot bot) =>
        VisitorMessage.TryRead(root, out var message, out var refusal)
        && TryReadFlag(root, "isStreamEnabled", out var streams, out refusal)
        && TryReadFlag(root, "isOnlyRegistering", out var registers, out refusal)
        && TryReadFormat(root, out var format, out refusal)
        && TryReadVariables(root, bot, out var variables, out refusal)
            ? (new StartRequest(message, streams, registers, ResultIdOf(root), format, variables), null)
            : (null, refusal);

    /// <summary>Reads how bubbles are to be written; the widget never says.</summary>
    public static bool TryReadFormat(JsonElement root, out TextFormat format, out BfError? refusal)
    {
        format = TextFormat.RichText;
        refusal = null;
        if (!root.TryGetProperty("textBubbleContentFormat", out var value) || value.ValueKind is JsonValueKind.Null)
        {
            return true;
        }

        var text = value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        format = text == "markdown" ? TextFormat.Markdown : TextFormat.RichText;
        refusal = text is "richText" or "markdown" ? null : SessionRefusal.BadField("textBubbleContentFormat", "expected richText or markdown");
        return refusal is null;
    }

    private static bool TryReadFlag(JsonElement root, string name, out bool flag, out BfError? refusal)
    {
        flag = false;
        refusal = null;
        if (root.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null)
        {
            flag = value.ValueKind is JsonValueKind.True;
            refusal = value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : SessionRefusal.BadField(name, "expected true or false");
        }

        return refusal is null;
    }

    /// <summary>The page's query string comes here too, so anybody may have written the values: of those that the bot uses, as short texts.</summary>
    private static bool TryReadVariables(JsonElement root, Bot bot, out IReadOnlyDictionary<string, string> variables, out BfError? refusal)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        variables = read;
        refusal = null;
        if (!root.TryGetProperty("prefilledVariables", out var values) || values.ValueKind is JsonValueKind.Null)
        {
            return true;
        }

        if (values.ValueKind is not JsonValueKind.Object)
        {
            refusal = SessionRefusal.BadField("prefilledVariables", "expected an object");
            return false;
        }

        foreach (var name in bot.Options.Welcome.Concat(bot.Options.Opening).Append(bot.Options.Instructions).SelectMany(Template.NamesIn).Distinct(StringComparer.Ordinal))
        {
            if (values.TryGetProperty(name, out var value) && TextOf(value) is { Length: > 0 } text)
            {
                read[name] = Cut(text);
            }
        }

        return true;
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(TextOf).OfType<string>()),
        _ => null,
    };

    private static string Cut(string text)
    {
        var length = Math.Min(text.Length, MaxValueLength);
        length -= length < text.Length && char.IsHighSurrogate(text[length - 1]) ? 1 : 0;
        return string.Concat(text.Take(length).Select(static c => char.IsControl(c) ? ' ' : c));
    }

    private static string? ResultIdOf(JsonElement root) =>
        root.TryGetProperty("resultId", out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 and <= MaxResultId } id
        && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? id
            : null;
}
