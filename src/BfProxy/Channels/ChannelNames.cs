namespace BfProxy.Channels;

/// <summary>The reserved names, decided before any pattern of an app, and the patterns themselves.</summary>
internal static class ChannelNames
{
    public const string Anonymous = "anonymous";
    public const string Authenticated = "authenticated";
    public const string TabPrefix = "tab|";
    public const int MaxLength = 200;

    public static string Tab(string connectionId) => TabPrefix + connectionId;

    public static bool IsTab(string name) => name.StartsWith(TabPrefix, StringComparison.Ordinal);

    /// <summary>Whether a user may have this name: his private channel is named so.</summary>
    public static bool IsFree(string name) => name.Length is > 0 and <= MaxLength && !IsReserved(name);

    public static bool IsReserved(string name) => IsTab(name) || name is Anonymous or Authenticated;

    /// <summary>Whether an anonymous visitor may join <paramref name="name"/> by asking.</summary>
    public static bool IsOpenToAnonymous(string name, IReadOnlyList<string> patterns)
    {
        if (IsTab(name) || string.Equals(name, Authenticated, StringComparison.Ordinal))
        {
            return false;
        }

        return string.Equals(name, Anonymous, StringComparison.Ordinal) || patterns.Any(pattern => Matches(name, pattern));
    }

    /// <summary>Matches a pattern in which <c>*</c> stands for any run of characters, also none.</summary>
    private static bool Matches(ReadOnlySpan<char> name, ReadOnlySpan<char> pattern)
    {
        var (n, p, star, mark) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, mark) = (p++, n);
            }
            else if (p < pattern.Length && pattern[p] == name[n])
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                (p, n) = (star + 1, ++mark);
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].Trim('*').IsEmpty;
    }
}
