namespace BfProxy.Messaging;

internal sealed record MessagingError(int Code, string Message);
