using BfProxy.Configuration;
using BfProxy.Routing;
using BfProxy.Security;
using BfProxy.Security.Images;
using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>Puts the data of images and documents into a request whose provider takes no addresses.</summary>
internal sealed class RequestImages(Settings<ProviderCatalog> providers, ImageFetcher fetcher, ILogger<RequestImages> logger)
{
    /// <summary>As much as a request of 20 MiB could have brought as base64.</summary>
    private const int MaxTotalBytes = 15 * 1024 * 1024;

    /// <summary>The request as its provider can take it, or why it cannot: then one part is at fault, and nothing was sent to the provider.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="app">For whom.</param>
    /// <param name="cancellationToken">The caller has left.</param>
    public async Task<(ChatRequest Request, BfError? Error)> FetchAsync(ChatRequest request, App app, CancellationToken cancellationToken)
    {
        var wanted = Find(request, app, request.Provider, request.Model, out _);
        if (wanted.Count == 0)
        {
            return (request, null);
        }

        try
        {
            var (fetched, error) = await FetchAsync(request.Provider, wanted, cancellationToken);
            return (request.With(fetched), error);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return (request, StreamErrors.StoppedBeforeEnd());
        }
    }

    /// <summary>What a provider takes as data only. What is wrong with the request apart from its images is said by whoever writes the call.</summary>
    public IReadOnlyList<RemoteMedia> Find(ChatRequest request, App app, string providerName, string? modelName, out string? dialectName)
    {
        dialectName = null;
        if (providers.Current.Find(providerName) is not { } provider || !app.MayUse(provider.Name))
        {
            return [];
        }

        var model = provider.RealModel(modelName ?? provider.Options.DefaultModel ?? "");
        var dialect = provider.DialectFor(request, model, streams: true);
        dialectName = dialect.Name;
        return dialect.MediaToFetch(request);
    }

    /// <summary>All of these, or why one of them cannot be had. Throws where it is cancelled.</summary>
    public async Task<(IReadOnlyList<FetchedMedia> Fetched, BfError? Error)> FetchAsync(string provider, IReadOnlyList<RemoteMedia> wanted, CancellationToken cancellationToken)
    {
        if (wanted.DistinctBy(static media => media.Address).Count() > fetcher.Rules.Options.MaxCount)
        {
            return ([], ImageErrors.TooMany(wanted[fetcher.Rules.Options.MaxCount].Field, fetcher.Rules.Options.MaxCount));
        }

        var fetches = wanted
            .GroupBy(static media => (media.Address, media.IsImage))
            .ToDictionary(static same => same.Key, same => fetcher.FetchAsync(same.Key.Address, same.Key.IsImage, cancellationToken));
        await Task.WhenAll(fetches.Values);

        var fetched = new List<FetchedMedia>(wanted.Count);
        var total = 0L;
        foreach (var media in wanted)
        {
            var fetch = await fetches[(media.Address, media.IsImage)];
            if (fetch.Failure is not ImageFailure.None)
            {
                StreamLog.ImageRefused(logger, provider, fetch.Failure);
                return ([], ImageErrors.Of(fetch.Failure, media, fetcher.Rules.Options));
            }

            total += fetch.Data.Length;
            if (total > MaxTotalBytes)
            {
                return ([], ImageErrors.TooMuch(media, MaxTotalBytes));
            }

            fetched.Add(new FetchedMedia(media, fetch.MimeType, fetch.Data));
        }

        return (fetched, null);
    }
}
