using System.Buffers;
using System.Globalization;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>Ids of calls as Anthropic takes them: letters, digits, underscores and dashes, each once in a conversation.</summary>
internal sealed class AnthropicCallIds
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    private readonly Dictionary<ToolCallPart, string> _ids = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public string Of(ToolCallPart call)
    {
        if (!_ids.TryGetValue(call, out var id))
        {
            id = Free(Clean(call.LinkId));
            _ids.Add(call, id);
        }

        return id;
    }

    private static string Clean(string id) => id.AsSpan().ContainsAnyExcept(Allowed)
        ? string.Create(id.Length, id, static (chars, id) =>
        {
            for (var i = 0; i < chars.Length; i++)
            {
                chars[i] = Allowed.Contains(id[i]) ? id[i] : '_';
            }
        })
        : id;

    private string Free(string id)
    {
        var free = id;
        for (var count = 2; !_taken.Add(free); count++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{id}_{count}");
        }

        return free;
    }
}
