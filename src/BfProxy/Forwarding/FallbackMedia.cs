using System.Diagnostics.CodeAnalysis;
using BfProxy.Routing;
using BfProxy.Security;
using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>
/// Images and documents that a fallback takes as data, though the provider that was asked first takes their addresses. What is to be fetched is found out at the
/// start, since the request may be gone later; it is fetched when another provider is to be asked, once for each dialect.
/// </summary>
internal sealed class FallbackMedia
{
    private readonly RequestImages _images;
    private readonly Dictionary<Fallback, (string Dialect, IReadOnlyList<RemoteMedia> Parts)> _wanted = [];
    private readonly Dictionary<string, (IReadOnlyList<FetchedMedia> Parts, BfError? Error)> _fetched = new(StringComparer.Ordinal);

    public FallbackMedia(RequestImages images, ChatRequest request, App app, IEnumerable<Fallback> targets)
    {
        _images = images;
        foreach (var target in targets)
        {
            if (images.Find(request, app, target.Provider, target.Model, out var dialect) is { Count: > 0 } parts)
            {
                _wanted[target] = (dialect!, parts);
            }
        }
    }

    public bool IsMissing(Fallback target) => _wanted.TryGetValue(target, out var wanted) && !_fetched.ContainsKey(wanted.Dialect);

    public async ValueTask FetchAsync(IReadOnlyList<Fallback> targets, CancellationToken cancellationToken)
    {
        foreach (var target in targets.Where(IsMissing))
        {
            var (dialect, parts) = _wanted[target];
            if (!_fetched.ContainsKey(dialect))
            {
                _fetched[dialect] = await _images.FetchAsync(target.Provider, parts, cancellationToken);
            }
        }
    }

    /// <summary>What was fetched for a fallback; false where something could not be.</summary>
    public bool TryGet(Fallback target, out IReadOnlyList<FetchedMedia> parts, [NotNullWhen(false)] out string? reason)
    {
        (parts, reason) = ([], null);
        if (!_wanted.TryGetValue(target, out var wanted))
        {
            return true;
        }

        (parts, var error) = _fetched[wanted.Dialect];
        reason = error?.Message;
        return error is null;
    }
}
