using System.Collections.Concurrent;

namespace FakeProvider;

/// <summary>Which script answers which path.</summary>
internal sealed class ScriptShelf
{
    public const string AnyPath = "*";

    private readonly ConcurrentDictionary<string, Func<SeenRequest, Script>> _byPath = new(StringComparer.Ordinal);

    public void Put(string path, Func<SeenRequest, Script> choose) => _byPath[path] = choose;

    public void Put(string path, Script[] scripts)
    {
        if (scripts.Length == 0)
        {
            throw new ArgumentException("At least one script is needed", nameof(scripts));
        }

        var taken = -1;
        Put(path, _ => scripts[Math.Min(Interlocked.Increment(ref taken), scripts.Length - 1)]);
    }

    public Script Take(SeenRequest request)
    {
        if (_byPath.TryGetValue(request.Path, out var choose) || _byPath.TryGetValue(AnyPath, out choose))
        {
            return choose(request);
        }

        return Script.Json(404, $$$"""{"error":{"message":"The fake provider has no script for {{{request.Path}}}","type":"fake","param":null,"code":null}}""");
    }
}
