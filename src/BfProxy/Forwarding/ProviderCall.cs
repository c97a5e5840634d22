using BfProxy.Routing;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Pipeline;

namespace BfProxy.Forwarding;

/// <summary>What one stream asks of one provider. The body is replayable: it can be sent again by another attempt, until the first content makes that pointless.</summary>
/// <param name="Provider">Who is asked.</param>
/// <param name="Dialect">The language in which it is asked and answers; the model's, where that is not the provider's own.</param>
/// <param name="Model">The real model name.</param>
/// <param name="Native">Path, query and key header of the provider's own request.</param>
/// <param name="Body">The provider's own request, as JSON.</param>
/// <param name="Key">The caller's or the server's key; null where the provider wants none.</param>
/// <param name="Streams">Whether the provider was asked for a stream.</param>
internal sealed record ProviderCall(Provider Provider, IDialect Dialect, string Model, NativeRequest Native, byte[] Body, string? Key, bool Streams)
{
    /// <summary>When its answer is given up.</summary>
    public StreamLimits Limits => new() { MaxResponseBytes = Provider.Options.MaxResponseBytes };

    /// <summary>What was fetched to be sent as data, and is so again in later rounds.</summary>
    public IReadOnlyList<FetchedMedia> Media { get; init; } = [];

    /// <summary>The provider's own request, as JSON; empty once forgotten.</summary>
    public byte[] Body { get; private set; } = Body;

    /// <summary>Lets go of the body, which with its images may be large and the stream long. A send that is still under way keeps it.</summary>
    public void ForgetBody() => Body = [];
}
