using System.Security.Cryptography;

namespace BfProxy.Messaging;

internal static class ConnectionId
{
    private const int Bytes = 16;

    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
}
