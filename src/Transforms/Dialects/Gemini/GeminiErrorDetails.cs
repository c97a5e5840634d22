using System.Globalization;
using System.Text.Json;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>What the typed <c>details</c> of a Gemini error add to it.</summary>
internal readonly record struct GeminiErrorDetails(string? Reason, TimeSpan? RetryDelay, bool IsDailyQuota)
{
    // Nobody waits longer; it also keeps nonsense out of TimeSpan.
    private const double MaxDelaySeconds = 7 * 24 * 3600;

    /// <summary>Reads the raw array; empty where none came.</summary>
    public static GeminiErrorDetails Read(ReadOnlySpan<byte> json)
    {
        var details = default(GeminiErrorDetails);
        var reader = JsonTokens.Open(json);
        while (!json.IsEmpty && reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.ValueSpan.SequenceEqual("reason"u8))
            {
                details = details with { Reason = Text(ref reader) ?? details.Reason };
            }
            else if (reader.ValueSpan.SequenceEqual("retryDelay"u8))
            {
                details = details with { RetryDelay = Delay(Text(ref reader)) ?? details.RetryDelay };
            }
            else if (reader.ValueSpan.SequenceEqual("quotaId"u8))
            {
                details = details with { IsDailyQuota = details.IsDailyQuota || Text(ref reader)?.Contains("PerDay", StringComparison.Ordinal) == true };
            }
        }

        return details;
    }

    private static string? Text(scoped ref Utf8JsonReader reader)
    {
        var text = JsonTokens.TakeText(ref reader);
        return text.IsEmpty ? null : StringBody.Unescape(text);
    }

    private static TimeSpan? Delay(string? duration)
    {
        var isSeconds = double.TryParse(duration?.TrimEnd('s'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
        return isSeconds ? TimeSpan.FromSeconds(Math.Min(seconds, MaxDelaySeconds)) : null;
    }
}
