using System.Buffers.Text;
using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>The data of something that a request named by its address.</summary>
/// <param name="Media">What was asked for.</param>
/// <param name="MimeType">The type that the data is of.</param>
/// <param name="Data">The data; copied when it is put into a request.</param>
public sealed record FetchedMedia(RemoteMedia Media, string MimeType, ReadOnlyMemory<byte> Data)
{
    /// <summary>The same part with its data in place of the address.</summary>
    internal MediaPart ToPart()
    {
        var length = Base64.GetMaxEncodedToUtf8Length(Data.Length);
        var json = new byte[length + 2];
        json[0] = json[^1] = (byte)'"';
        Base64.EncodeToUtf8(Data.Span, json.AsSpan(1, length), out _, out _);

        // Not disposed: it owns its bytes, and parts of the request point to them.
        var document = JsonDocument.Parse(json);
        return Media.Part with { Url = null, Data = document.RootElement, MimeType = MimeType };
    }
}
