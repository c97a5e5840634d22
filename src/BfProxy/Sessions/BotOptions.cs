using System.ComponentModel.DataAnnotations;

namespace BfProxy.Sessions;

/// <summary><c>BfProxy:Bots:&lt;publicId&gt;</c>: a conversation that anybody may have who sees the page, at the expense of the server's key.</summary>
internal sealed class BotOptions
{
    public const string Section = "BfProxy:Bots";

    /// <summary>The app in whose name the bot asks; only its providers are used.</summary>
    [Required]
    public string App { get; set; } = "";

    [Required]
    public string Provider { get; set; } = "openai";

    /// <summary>Alias or real name; default: the provider's default model.</summary>
    public string? Model { get; set; }

    /// <summary>What the model is told about its part; <c>{{name}}</c> stands for a prefilled variable.</summary>
    [MaxLength(100_000)]
    public string Instructions { get; set; } = "";

    /// <summary>What the bot says first, a bubble each; <c>{{name}}</c> stands for a prefilled variable.</summary>
    [MaxLength(20)]
    public List<string> Welcome { get; set; } = [];

    /// <summary>Prompts that the model answers, one after the other, before the visitor speaks.</summary>
    [MaxLength(10)]
    public List<string> Opening { get; set; } = [];

    public string Placeholder { get; set; } = "Type your message…";

    /// <summary>Text of the button that sends.</summary>
    public string Button { get; set; } = "Send";

    /// <summary>What the visitor reads where no answer could be had.</summary>
    [Required]
    public string FallbackText { get; set; } = "Sorry, I cannot answer right now. Please try again.";

    /// <summary>What the visitor reads after the last turn.</summary>
    [Required]
    public string ClosingText { get; set; } = "This conversation has reached its end. Please start a new one.";

    /// <summary>Origins, beside the same one, whose pages may embed the bot (<c>https://www.example.com</c>); <c>*</c> means any.</summary>
    public List<string> AllowedOrigins { get; set; } = [];

    public BotThemeOptions Theme { get; set; } = new();

    /// <summary>Whether a page that is reloaded takes its conversation up again, as long as its tab is open.</summary>
    public bool RememberVisitor { get; set; } = true;

    /// <summary>How long a conversation may rest before it is forgotten.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan SessionTtl { get; set; } = TimeSpan.FromHours(4);

    /// <summary>Conversations that one visitor's address may start in a minute.</summary>
    [Range(1, 100_000)]
    public int StartsPerMinute { get; set; } = 30;

    /// <summary>Turns of the visitor that one conversation may have.</summary>
    [Range(1, 10_000)]
    public int TurnsPerSession { get; set; } = 100;
}
