using System.Text.Json;

namespace BfProxy.Demo;

/// <summary>The demo's one call, <c>POST /v1/chat/completions</c>, streaming and not.</summary>
internal sealed class DemoHandler(TimeProvider time)
{
    private static readonly byte[] Done = "data: [DONE]\n\n"u8.ToArray();

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            var request = await ReadAsync(context);
            if (request is not null)
            {
                await AnswerAsync(context, request);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller left: a model stops too.
        }
    }

    private static async Task<DemoRequest?> ReadAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || context.Request.Path != "/v1/chat/completions")
        {
            await RefuseAsync(context, DemoFault.NoSuchPath);
            return null;
        }

        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            var request = DemoRequest.Read(body.RootElement, out var fault);
            fault ??= request is { Model.Refuses: true } ? DemoFault.RateLimit : null;
            if (fault is null)
            {
                return request;
            }

            await RefuseAsync(context, fault);
        }
        catch (JsonException)
        {
            await RefuseAsync(context, DemoFault.NotJson);
        }

        return null;
    }

    private static async Task RefuseAsync(HttpContext context, DemoFault fault)
    {
        context.Response.StatusCode = fault.Status;
        context.Response.ContentType = "application/json";
        if (fault.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString();
        }

        await context.Response.Body.WriteAsync(DemoWriter.Error(fault), context.RequestAborted);
    }

    private Task AnswerAsync(HttpContext context, DemoRequest request)
    {
        var turn = DemoTurn.For(request);
        var tokens = DemoTokens.Cut(turn.Text).ToList();
        var kept = tokens.Take(request.MaxTokens ?? int.MaxValue).ToList();
        var calls = kept.Count < tokens.Count ? [] : turn.Calls;
        var reason = kept.Count < tokens.Count ? "length" : calls.Count > 0 ? "tool_calls" : "stop";
        var writer = new DemoWriter(request, calls, kept.Count, reason, time.GetUtcNow());
        var pace = new DemoPace(request.Model, time, Random.Shared);
        return request.Stream
            ? StreamAsync(context, request, kept, writer, pace)
            : CompleteAsync(context, request, kept, writer, pace);
    }

    private static async Task StreamAsync(HttpContext context, DemoRequest request, List<string> tokens, DemoWriter writer, DemoPace pace)
    {
        var cancelled = context.RequestAborted;
        var output = context.Response.Body;
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        await context.Response.Body.FlushAsync(cancelled);

        var sent = 0;
        foreach (var token in tokens)
        {
            await pace.NextAsync(cancelled);
            if (sent == 0)
            {
                await output.WriteAsync(writer.Role(), cancelled);
            }

            if (sent == request.Model.TokensBeforeError)
            {
                await output.WriteAsync(DemoWriter.ErrorFrame(DemoFault.MidStream), cancelled);
                return;
            }

            await output.WriteAsync(writer.Delta(token), cancelled);
            await output.FlushAsync(cancelled);
            sent++;
        }

        foreach (var frame in writer.Calls())
        {
            await pace.NextAsync(cancelled);
            await output.WriteAsync(frame, cancelled);
        }

        await output.WriteAsync(writer.Finish(), cancelled);
        if (request.IncludeUsage)
        {
            await output.WriteAsync(writer.Usage(), cancelled);
        }

        await output.WriteAsync(Done, cancelled);
    }

    private static async Task CompleteAsync(HttpContext context, DemoRequest request, List<string> tokens, DemoWriter writer, DemoPace pace)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            await pace.NextAsync(context.RequestAborted);
            if (i == request.Model.TokensBeforeError)
            {
                await RefuseAsync(context, DemoFault.MidStream);
                return;
            }
        }

        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(writer.Completion(string.Concat(tokens)), context.RequestAborted);
    }
}
