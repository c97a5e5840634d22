using System.Diagnostics;
using System.Net;
using BfProxy.Configuration;

namespace BfProxy.Security.Images;

/// <summary>Fetches images and documents from hosts that configuration allows. Never throws for what such a host does: the result says it.</summary>
internal sealed class ImageFetcher : IDisposable
{
    /// <summary>Bounds what they may hold in memory together.</summary>
    private const int AtOnce = 32;

    private const int MaxHeaderKilobytes = 32;

    private readonly Settings<ImageRules> _rules;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turns = new(AtOnce);
    private readonly HttpMessageInvoker _http;

    public ImageFetcher(Settings<ImageRules> rules, TimeProvider time)
    {
        (_rules, _time) = (rules, time);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            MaxResponseDrainSize = 0,
            // A connection is used once, so that each fetch is checked by the rules of its time.
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = (context, cancellationToken) => GuardedConnection.OpenAsync(rules, context.DnsEndPoint, cancellationToken),
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        });
    }

    public ImageRules Rules => _rules.Current;

    /// <summary>Fetches one.</summary>
    /// <param name="address">Absolute.</param>
    /// <param name="isImage">Whether an image is wanted; a document else.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ImageFetch> FetchAsync(Uri address, bool isImage, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(Rules.Options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
        try
        {
            await _turns.WaitAsync(either.Token);
            try
            {
                return await FollowAsync(address, isImage, either.Token);
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ImageFetch.Failed(ImageFailure.Timeout);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return ImageFetch.Failed(exception.GetBaseException() is AddressNotAllowedException ? ImageFailure.AddressNotAllowed : ImageFailure.Unreachable);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _turns.Dispose();
    }

    /// <summary>Follows redirects by hand: each step is a fetch of its own, with all its checks.</summary>
    private async Task<ImageFetch> FollowAsync(Uri address, bool isImage, CancellationToken cancellationToken)
    {
        var rules = Rules;
        if (!rules.Allows(address))
        {
            return ImageFetch.Failed(ImageFailure.HostNotAllowed);
        }

        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("Accept", isImage ? "image/*" : "application/pdf");
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
            using var response = await _http.SendAsync(request, cancellationToken);
            if (!IsRedirect(response.StatusCode))
            {
                return await ImageReader.ReadAsync(response, isImage, rules.Options.MaxBytes, cancellationToken);
            }

            if (redirects == rules.Options.MaxRedirects || !TryFollow(address, response.Headers.Location, out var next) || !rules.Allows(next))
            {
                return ImageFetch.Failed(ImageFailure.Redirected);
            }

            address = next;
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private static bool TryFollow(Uri address, Uri? location, out Uri next)
    {
        next = address;
        return location is not null
            && Uri.TryCreate(address, location, out next!)
            && (next.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp);
    }
}
