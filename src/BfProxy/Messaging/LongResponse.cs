using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BfProxy.Messaging;

internal static class LongResponse
{
    /// <summary>Kestrel's minimum rates would end a reader who only pauses; our own limits of lag do.</summary>
    public static void LiftDataRates(HttpContext context)
    {
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } response)
        {
            response.MinDataRate = null;
        }

        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } request)
        {
            request.MinDataRate = null;
        }
    }
}
