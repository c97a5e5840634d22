using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>What a provider answered to a plain request.</summary>
/// <param name="Body">What came, said to be JSON; of no use with an error.</param>
/// <param name="Error">Why there is no answer, else null.</param>
internal sealed record ProviderReply(ReadOnlyMemory<byte> Body, BfError? Error)
{
    /// <summary>Reads the body. False where it cannot be read so: no JSON, no object, half a character in a name.</summary>
    public bool TryRead<T>(Func<JsonElement, T> read, [NotNullWhen(true)] out T? value)
        where T : notnull
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            value = read(document.RootElement);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            value = default;
            return false;
        }
    }
}
