using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BfProxy.Hooks;

namespace BfProxy.Demo;

/// <summary>The demo app's back end: two tools, and what a receiver of hooks has to check.</summary>
internal sealed class DemoToolHook(TimeProvider time, string secret)
{
    private const int MaxBodyBytes = 64 * 1024;
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    public async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (body.Length > MaxBodyBytes || !IsSigned(context.Request.Headers[HookSignature.Header].ToString(), body.ToArray()))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(Answer(body.ToArray()), context.RequestAborted);
    }

    private string Answer(byte[] body)
    {
        using var call = JsonDocument.Parse(body);
        var name = call.RootElement.GetProperty("name").GetString();
        var (success, message) = name switch
        {
            "tell_time" => (true, time.GetUtcNow().ToString("'It is' HH:mm:ss 'UTC on' d MMMM yyyy'.'", CultureInfo.InvariantCulture)),
            "roll_dice" => (true, $"The dice show {Roll()} and {Roll()}."),
            _ => (false, $"The demo's back end knows tell_time and roll_dice, and no {name}."),
        };
        return JsonSerializer.Serialize(new { success, message });
    }

    private static int Roll() => RandomNumberGenerator.GetInt32(1, 7);

    /// <summary><c>t=…,v1=…</c>: signed with our secret, and not long ago.</summary>
    private bool IsSigned(string header, byte[] body)
    {
        var parts = header.Split(',');
        if (parts.Length != 2 || !parts[0].StartsWith("t=", StringComparison.Ordinal) || !parts[1].StartsWith("v1=", StringComparison.Ordinal)
            || !long.TryParse(parts[0].AsSpan(2), CultureInfo.InvariantCulture, out var t)
            || (time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(t, 0, int.MaxValue))).Duration() > MaxAge)
        {
            return false;
        }

        byte[] signed = [.. Encoding.ASCII.GetBytes($"{t}."), .. body];
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(parts[1][3..]));
    }
}
