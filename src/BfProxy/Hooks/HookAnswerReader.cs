using System.Net;
using System.Text.Json;
using System.Text.Unicode;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Hooks;

/// <summary>Reads what a hook answered, up to its limit, and says what it is.</summary>
internal static class HookAnswerReader
{
    private const int ReadSize = 16 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static async Task<HookResult> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (!response.IsSuccessStatusCode)
        {
            return HookResult.Failed(HookFailure.Status, status);
        }

        if (response.Content.Headers.ContentLength > maxBytes)
        {
            return HookResult.Failed(HookFailure.TooLarge, status);
        }

        using var buffer = new ArrayPoolBufferWriter<byte>();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        int read;
        while ((read = await body.ReadAsync(buffer.GetMemory(ReadSize), cancellationToken)) > 0)
        {
            buffer.Advance(read);
            if (buffer.WrittenCount > maxBytes)
            {
                return HookResult.Failed(HookFailure.TooLarge, status);
            }
        }

        return Judge(response, buffer.WrittenSpan, status);
    }

    // A script's server may call its JSON text/html; what an object or array is, nothing else can be.
    private static HookResult Judge(HttpResponseMessage response, ReadOnlySpan<byte> bytes, int status)
    {
        var media = response.Content.Headers.ContentType?.MediaType;
        if (bytes.StartsWith(ByteOrderMark))
        {
            bytes = bytes[ByteOrderMark.Length..];
        }

        if (response.Content.Headers.ContentEncoding.Count > 0 || !Utf8.IsValid(bytes))
        {
            return HookResult.Failed(HookFailure.NotAnAnswer, status);
        }

        if (bytes.IsEmpty || response.StatusCode is HttpStatusCode.NoContent)
        {
            return new HookResult(HookFailure.None, status, IsJson: false, default);
        }

        var isText = media is not null && media.Equals("text/plain", StringComparison.OrdinalIgnoreCase);
        var isJson = IsJson(bytes, scalars: !isText);
        return isJson || isText
            ? new HookResult(HookFailure.None, status, isJson, bytes.ToArray())
            : HookResult.Failed(HookFailure.NotAnAnswer, status);
    }

    private static bool IsJson(ReadOnlySpan<byte> bytes, bool scalars)
    {
        var reader = new Utf8JsonReader(bytes);
        try
        {
            if (!reader.Read() || (!scalars && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)))
            {
                return false;
            }

            while (reader.Read())
            {
                // To its end: only then is it known to be well-formed.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
