namespace BfProxy.Messaging;

internal enum MessageKind
{
    Text,
    Binary,
    TooLarge,
    Closed,
}
