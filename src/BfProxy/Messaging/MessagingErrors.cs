namespace BfProxy.Messaging;

/// <summary>Every refusal of a command. The codes from 10130 are BetterForms' own.</summary>
internal static class MessagingErrors
{
    public static readonly MessagingError NotJson = new(10100, "Not a JSON object");
    public static readonly MessagingError MissingAction = new(10101, "Missing action");
    public static readonly MessagingError UnknownAction = new(10102, "Unknown action");
    public static readonly MessagingError BadId = new(10103, "Id must be a number or a string");
    public static readonly MessagingError BadOptions = new(10104, "Options must be an object");
    public static readonly MessagingError BadMessage = new(10105, "Actions must be an array, model and app objects");
    public static readonly MessagingError BadSince = new(10106, "Since must be \"start\", {epoch, offset} or {streamId}");
    public static readonly MessagingError NameTooLong = new(10107, "Channel name too long");
    public static readonly MessagingError TooManyChannels = new(10108, "Too many channels");
    public static readonly MessagingError TooManyGuesses = new(10109, "Too many unknown stream ids from this address");
    public static readonly MessagingError TooManyTokens = new(10109, "Too many unknown tokens from this address");
    public static readonly MessagingError UnknownToken = new(10110, "Resume token missing or unknown");
    public static readonly MessagingError WrongToken = new(10111, "Token missing or wrong");
    public static readonly MessagingError TokenExpired = new(10112, "Token expired");
    public static readonly MessagingError OtherUser = new(10113, "This connection is another user's");
    public static readonly MessagingError ReservedName = new(10114, "The token names a user or channel by a reserved or too long name");
    public static readonly MessagingError NoUsers = new(10115, "This app has no users");
    public static readonly MessagingError NotHeard = new(10117, "The app has no message hook to hear this");
    public static readonly MessagingError TooManyWait = new(10118, "Too many messages wait for the back end");
    public static readonly MessagingError Unavailable = new(10120, "The other nodes cannot be reached; try again later");
    public static readonly MessagingError MissingChannel = new(10130, "Missing channel");
    public static readonly MessagingError ChannelsNotArray = new(10131, "Channels must be an array");
    public static readonly MessagingError NotAllowed = new(10132, "Not allowed or not on that channel");

    private const int MaxQuoted = 64;

    /// <summary>Options that nobody reads are refused by name, so that nothing a page sends is lost unseen.</summary>
    public static MessagingError UnknownOption(string name) => new(10116, $"Unknown option '{(name.Length > MaxQuoted ? name[..MaxQuoted] : name)}'");
}
