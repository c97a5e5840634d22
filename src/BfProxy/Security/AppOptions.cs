namespace BfProxy.Security;

/// <summary><c>BfProxy:Apps:&lt;name&gt;</c>: one BetterForms app that may use the proxy.</summary>
internal sealed class AppOptions
{
    /// <summary>Keys of the app: plain, or <c>sha256:&lt;hex&gt;</c>.</summary>
    public List<string> ApiKeys { get; init; } = [];

    /// <summary>Host names that belong to this app and to no other.</summary>
    public List<string> Domains { get; init; } = [];

    /// <summary>Whether all hosts of the app share one set of channels.</summary>
    public bool ShareDomains { get; init; }

    /// <summary>Origins, beside the same one, whose pages may call (<c>https://www.example.com</c>).</summary>
    public List<string> AllowedOrigins { get; init; } = [];

    /// <summary>Providers that the app may use; empty means all.</summary>
    public List<string> Providers { get; init; } = [];

    /// <summary>Patterns of channel names that anybody may join; <c>*</c> stands for any characters. Default: <c>anonymous</c>.</summary>
    public List<string> AnonymousChannels { get; init; } = [];

    /// <summary>Signs the tokens of the app's users (HS256); at least 32 bytes, and no other app's.</summary>
    public string? TokenSecret { get; init; }

    /// <summary>The claim of a token that is the user's id.</summary>
    public string UserIdClaim { get; init; } = "sub";

    /// <summary>Action name of events whose request names none.</summary>
    public string? DefaultActionName { get; init; }

    /// <summary>Whether <c>/llm/query/stop</c> wants the app's key.</summary>
    public bool StopNeedsKey { get; init; }

    /// <summary>Sockets and event streams that one address may have open at a time, over all nodes; default: any number.</summary>
    public int? ConnectionsPerAddress { get; init; }

    /// <summary>Requests for a model that may be started a minute, over all nodes; default: any number.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Tokens, read and written, after which no request is started for the rest of a minute; default: any number.</summary>
    public int? TokensPerMinute { get; init; }

    /// <summary>Answers that may be under way at a time, over all nodes; default: any number.</summary>
    public int? ConcurrentStreams { get; init; }

    /// <summary>Whether a request with a key of its own may fall back to other providers, on the server's key.</summary>
    public bool FallbackOnServerKey { get; init; }

    /// <summary>Where the events of the app's streams go.</summary>
    public DeliveryMode Delivery { get; init; }

    /// <summary>YARP cluster that leads to BetterForms' own server.</summary>
    public string Portal { get; init; } = "portal";

    /// <summary>The app's key there; default: the key that a request brought.</summary>
    public string? PortalKey { get; init; }
}
