using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>What a change of a session's channels starts and stops, to be posted with the word on it.</summary>
/// <param name="Starts">Joined just now.</param>
/// <param name="Stops">Left just now.</param>
/// <param name="Error">Why nothing was changed.</param>
internal sealed record ChannelShift(IReadOnlyList<Subscription> Starts, IReadOnlyList<Subscription> Stops, MessagingError? Error = null)
{
    public static ChannelShift Refused(MessagingError error) => new([], [], error);
}
