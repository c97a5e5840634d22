using JWT;

namespace BfProxy.Security;

/// <summary>The process' clock, as the library asks for it.</summary>
internal sealed class TokenClock(TimeProvider time) : IDateTimeProvider
{
    public DateTimeOffset GetNow() => time.GetUtcNow();
}
