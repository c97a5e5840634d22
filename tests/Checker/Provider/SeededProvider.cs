using System.Globalization;
using System.Text.RegularExpressions;
using FakeProvider.Shapes;

namespace Checker.Provider;

/// <summary>A provider in OpenAI's wire format that streams <see cref="SeededText"/> as the model's name asks: <c>check-&lt;stream&gt;-&lt;tokens&gt;-&lt;rate&gt;</c>.</summary>
internal static partial class SeededProvider
{
    public static async Task<WebApplication> StartAsync(string url, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync(cancellationToken);
        return app;
    }

    public static string Model(SeededText text, int rate) => string.Create(CultureInfo.InvariantCulture, $"check-{text.Stream}-{text.Tokens}-{rate}");

    private static async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var match = Pattern().Match(await reader.ReadToEndAsync(context.RequestAborted));
        if (!match.Success)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "text/event-stream";
        try
        {
            await StreamAsync(context, new SeededText(Number(match, "stream"), Number(match, "tokens")), Number(match, "rate"));
        }
        catch (OperationCanceledException)
        {
            // The node was killed.
        }
    }

    private static async Task StreamAsync(HttpContext context, SeededText text, int rate)
    {
        await context.Response.WriteAsync(OpenAiFrames.Role(), context.RequestAborted);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1) / rate, TimeProvider.System);
        for (var index = 0; index < text.Tokens; index++)
        {
            await context.Response.WriteAsync(OpenAiFrames.Delta(text[index]), context.RequestAborted);
            await pace.WaitForNextTickAsync(context.RequestAborted);
        }

        await context.Response.WriteAsync(OpenAiFrames.Finish() + OpenAiFrames.Done, context.RequestAborted);
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("\"check-(?<stream>[0-9]{1,8})-(?<tokens>[0-9]{1,6})-(?<rate>[0-9]{1,4})\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
