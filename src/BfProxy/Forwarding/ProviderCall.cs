using BfProxy.Routing;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Forwarding;

/// <summary>What one stream asks of one provider. The body is replayable: it can be sent again by another attempt.</summary>
/// <param name="Provider">Who is asked.</param>
/// <param name="Dialect">The language in which it is asked and answers; the model's, where that is not the provider's own.</param>
/// <param name="Model">The real model name.</param>
/// <param name="Native">Path, query and key header of the provider's own request.</param>
/// <param name="Body">The provider's own request, as JSON.</param>
/// <param name="Key">The caller's or the server's key; null where the provider wants none.</param>
/// <param name="Streams">Whether the provider was asked for a stream.</param>
internal sealed record ProviderCall(Provider Provider, IDialect Dialect, string Model, NativeRequest Native, byte[] Body, string? Key, bool Streams);
