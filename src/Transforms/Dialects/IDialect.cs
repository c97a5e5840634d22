using System.Buffers;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>One provider's language: writes its requests, reads its streams, responses and errors. Stateless and safe for all threads.</summary>
public interface IDialect
{
    /// <summary>Name in configuration, such as <c>openai</c>.</summary>
    string Name { get; }

    /// <summary>Writes the provider's own request body for <paramref name="request"/>.</summary>
    /// <param name="request">The uniform request, already validated.</param>
    /// <param name="model">The real model name at the provider.</param>
    /// <param name="traits">What is special about the model.</param>
    /// <param name="stream">Whether to ask for a stream; a plain response else.</param>
    /// <param name="body">Receives UTF-8 JSON.</param>
    /// <param name="native">Where to send it.</param>
    /// <param name="error">What the provider could not be asked, naming the field.</param>
    /// <returns>False where the request cannot be said in this dialect.</returns>
    bool TryWriteRequest(ChatRequest request, string model, ModelTraits traits, bool stream, IBufferWriter<byte> body, out NativeRequest native, out BfError? error);

    /// <summary>
    /// What the request names by an <c>http(s)</c> address although this dialect takes it as data only; <see cref="TryWriteRequest"/> refuses it unless
    /// <see cref="ChatRequest.With(IReadOnlyList{FetchedMedia})"/> put the data there.
    /// </summary>
    /// <param name="request">The uniform request, already validated.</param>
    IReadOnlyList<RemoteMedia> MediaToFetch(ChatRequest request);

    /// <summary>A reader for one stream.</summary>
    /// <param name="aggregate">Whether <see cref="DialectReader.WriteCompletion"/> will be asked for.</param>
    DialectReader CreateReader(bool aggregate);

    /// <summary>Maps a refusal (a response that is not 2xx) to an error by its body, not only by its status.</summary>
    /// <param name="status">The provider's HTTP status.</param>
    /// <param name="body">The response body, possibly cut, possibly not JSON.</param>
    BfError ReadError(int status, ReadOnlySpan<byte> body);
}
