using System.Buffers;
using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>A model's name reaches provider paths, so only harmless characters are let through.</summary>
internal static class ModelName
{
    private const int MaxLength = 256;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:@/-");

    public static string? Read(JsonElement payload, FaultSink faults)
    {
        var model = FieldReader.ReadString(payload, FieldPath.Payload, "model", faults);
        if (model is not null && !IsValid(model))
        {
            faults.Fail(
                FieldPath.Payload.Member("model"),
                $"{FaultSink.Quote(model)} is not a model name: 1 to {MaxLength} of A-Z, a-z, 0-9, . _ : @ / -, without '.' or '..' as a segment.");
        }

        return model;
    }

    private static bool IsValid(string model)
    {
        if (model.Length > MaxLength || model.AsSpan().ContainsAnyExcept(Allowed))
        {
            return false;
        }

        foreach (var segment in model.AsSpan().Split('/'))
        {
            if (model.AsSpan(segment) is "." or "..")
            {
                return false;
            }
        }

        return true;
    }
}
