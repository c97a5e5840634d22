using System.Buffers;

namespace BfProxy.Tests.Host;

/// <summary>
/// All that the run of the suite has said so far, and all keys and prompts that it used so far, whichever host said or used them. Each pair of
/// the two is looked at when the later of them comes, so with the last host the whole run was looked through. What was said is kept in a file.
/// </summary>
internal sealed class SuiteOutput : IDisposable
{
    /// <summary>Shorter ones stand in honest words of other hosts.</summary>
    public const int MinLength = 8;

    private static readonly SearchValues<string> Nothing = SearchValues.Create([], StringComparison.Ordinal);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);
    private readonly FileStream _said = new(Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.said"), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });
    private SearchValues<string> _search = Nothing;

    /// <summary>The one of this process.</summary>
    public static SuiteOutput OfThisRun { get; } = new();

    /// <summary>Adds what a host used and said.</summary>
    /// <returns>A line that discloses something; null where none does.</returns>
    public string? Add(IEnumerable<string> secrets, IEnumerable<string> texts)
    {
        lock (_gate)
        {
            string[] fresh = [.. secrets.Where(secret => secret.Length >= MinLength && _secrets.Add(secret))];
            var found = fresh.Length == 0 ? null : LookBack(SearchValues.Create(fresh, StringComparison.Ordinal));
            _search = fresh.Length == 0 ? _search : SearchValues.Create([.. _secrets], StringComparison.Ordinal);
            _said.Seek(0, SeekOrigin.End);
            using var writer = new StreamWriter(_said, leaveOpen: true);
            foreach (var line in texts.SelectMany(static text => text.Split('\n')))
            {
                found ??= line.AsSpan().ContainsAny(_search) ? line : null;
                writer.WriteLine(line);
            }

            return found;
        }
    }

    public void Dispose() => _said.Dispose();

    private string? LookBack(SearchValues<string> fresh)
    {
        _said.Seek(0, SeekOrigin.Begin);
        using var reader = new StreamReader(_said, leaveOpen: true);
        while (reader.ReadLine() is { } line)
        {
            if (line.AsSpan().ContainsAny(fresh))
            {
                return line;
            }
        }

        return null;
    }
}
