using System.Globalization;

namespace LoadTest.Measuring;

/// <summary>The kernel's own account of a process and its children, from /proc.</summary>
internal static class ProcessAccount
{
    // USER_HZ: fixed at 100 on every Linux architecture that .NET runs on.
    private const double MicrosecondsPerTick = 10_000;

    /// <summary>User and system time so far, in microseconds.</summary>
    public static double CpuMicroseconds(int process) => WithChildren(process).Sum(id => TicksOf(id)) * MicrosecondsPerTick;

    public static long ResidentBytes(int process) => WithChildren(process).Sum(ResidentOf);

    private static IEnumerable<int> WithChildren(int process) => [process, .. ChildrenOf(process)];

    private static IEnumerable<int> ChildrenOf(int process)
    {
        var children = ReadOrEmpty($"/proc/{process}/task/{process}/children");
        return children.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture));
    }

    private static long TicksOf(int process)
    {
        var stat = ReadOrEmpty($"/proc/{process}/stat");

        // The name in parentheses may hold spaces; utime and stime are the 12th and 13th fields after it.
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length < 13 ? 0 : long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    private static long ResidentOf(int process)
    {
        var line = ReadOrEmpty($"/proc/{process}/status").Split('\n').FirstOrDefault(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        var kilobytes = line?["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return kilobytes is null ? 0 : long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024;
    }

    private static string ReadOrEmpty(string path) => File.Exists(path) ? File.ReadAllText(path) : "";
}
