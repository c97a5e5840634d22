using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace BfProxy.Tests.Hooks;

/// <summary>A back end that checks calls step by step as docs/hooks.md says, on loopback. Bad signature: 401; one seen before: 409.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    public const string Secret = "whsec_test";
    private const int ToleranceSeconds = 300;

    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<ReceivedCall> _calls = new();

    private event Action? Called;

    private HookReceiver(TimeProvider time)
    {
        _time = time;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public Uri Address => new(_app.Urls.First() + "/hook");

    /// <summary>Every call, in order of arrival, with what became of it.</summary>
    public IReadOnlyList<ReceivedCall> Calls => [.. _calls];

    /// <summary>Waits until so many calls in all have come. Throws after 30 s.</summary>
    public async Task CallsAsync(int count)
    {
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Called += Look;
        try
        {
            Look();
            await enough.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
        finally
        {
            Called -= Look;
        }

        void Look()
        {
            if (_calls.Count >= count)
            {
                enough.TrySetResult();
            }
        }
    }

    public static async Task<HookReceiver> StartAsync(TimeProvider time)
    {
        var receiver = new HookReceiver(time);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        var status = Check(context.Request.Headers["X-BfProxy-Signature"].ToString(), body);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        _calls.Enqueue(new ReceivedCall(headers, body, status));
        Called?.Invoke();
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("""{"success":true,"message":"done","data":{}}""");
    }

    private int Check(string header, string body)
    {
        // 1. The two parts of the header.
        var parts = header.Split(',');
        if (parts.Length != 2 || !parts[0].StartsWith("t=", StringComparison.Ordinal) || !parts[1].StartsWith("v1=", StringComparison.Ordinal))
        {
            return 401;
        }

        // 2. Signed within the last five minutes.
        var t = parts[0][2..];
        if (!long.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || Math.Abs(_time.GetUtcNow().ToUnixTimeSeconds() - seconds) > ToleranceSeconds)
        {
            return 401;
        }

        // 3. By somebody who knows the secret; compared in constant time.
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(t + "." + body)));
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(parts[1][3..])))
        {
            return 401;
        }

        // 4. For the first time.
        return _seen.TryAdd(expected, value: true) ? 200 : 409;
    }

    internal sealed record ReceivedCall(IReadOnlyDictionary<string, string> Headers, string Body, int Status);
}
