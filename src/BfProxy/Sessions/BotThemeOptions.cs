namespace BfProxy.Sessions;

/// <summary>How the widget looks; what is absent is the widget's own choice. Colours as in CSS.</summary>
internal sealed class BotThemeOptions
{
    /// <summary>A font of the page or of the system. The widget would else load one from elsewhere.</summary>
    public string Font { get; set; } = "Arial";

    public string? Background { get; set; }

    public string? HostBubble { get; set; }

    public string? HostText { get; set; }

    public string? GuestBubble { get; set; }

    public string? GuestText { get; set; }

    public string? Button { get; set; }

    public string? ButtonText { get; set; }

    public string? HostAvatar { get; set; }

    public string? CustomCss { get; set; }
}
