using System.Globalization;
using System.Text.Json;

namespace BfProxy.Sessions;

/// <summary>Writes what the widget has to know of a bot. It does not start without theme and settings, however empty.</summary>
internal static class BotDescription
{
    private const string Version = "6";

    public static void Write(Utf8JsonWriter json, Bot bot)
    {
        json.WriteStartObject("typebot");
        json.WriteString("id", bot.PublicId);
        json.WriteString("version", Version);
        json.WriteString("publishedAt", bot.PublishedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        WriteTheme(json, bot.Options.Theme);
        json.WriteStartObject("settings");
        json.WriteStartObject("general");
        json.WriteStartObject("rememberUser");
        json.WriteBoolean("isEnabled", bot.Options.RememberVisitor);
        json.WriteString("storage", "session");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("typingEmulation");
        json.WriteBoolean("enabled", value: false);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTheme(Utf8JsonWriter json, BotThemeOptions theme)
    {
        json.WriteStartObject("theme");
        json.WriteStartObject("general");
        json.WriteStartObject("font");
        json.WriteString("type", "Custom");
        json.WriteString("family", theme.Font);
        json.WriteEndObject();
        if (theme.Background is { } background)
        {
            json.WriteStartObject("background");
            json.WriteString("type", "Color");
            json.WriteString("content", background);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("chat");
        WriteColours(json, "hostBubbles", theme.HostBubble, theme.HostText);
        WriteColours(json, "guestBubbles", theme.GuestBubble, theme.GuestText);
        WriteColours(json, "buttons", theme.Button, theme.ButtonText);
        if (theme.HostAvatar is { } avatar)
        {
            json.WriteStartObject("hostAvatar");
            json.WriteBoolean("isEnabled", value: true);
            json.WriteString("url", avatar);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (theme.CustomCss is { } css)
        {
            json.WriteString("customCss", css);
        }

        json.WriteEndObject();
    }

    private static void WriteColours(Utf8JsonWriter json, string name, string? background, string? text)
    {
        if (background is null && text is null)
        {
            return;
        }

        json.WriteStartObject(name);
        if (background is not null)
        {
            json.WriteString("backgroundColor", background);
        }

        if (text is not null)
        {
            json.WriteString("color", text);
        }

        json.WriteEndObject();
    }
}
