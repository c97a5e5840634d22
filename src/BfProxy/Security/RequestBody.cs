using System.Buffers;
using System.IO.Pipelines;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Security;

/// <summary>The body of a BF request, in a pooled buffer, within the limit of one request and the budget of all unauthenticated ones.</summary>
internal sealed class RequestBody : IDisposable
{
    public const int MaxBytes = 20 * 1024 * 1024;

    private const int InitialBytes = 4096;

    private readonly BodyBudget _budget;
    private readonly ArrayPoolBufferWriter<byte> _bytes;
    private long _taken;

    private RequestBody(BodyBudget budget, int sizeHint)
    {
        _budget = budget;
        _bytes = new ArrayPoolBufferWriter<byte>(Math.Clamp(sizeHint, InitialBytes, MaxBytes));
    }

    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Reads a whole body. The error, if any, says why not; the caller then owns nothing.</summary>
    public static async ValueTask<(RequestBody? Body, BfError? Error)> ReadAsync(HttpRequest request, BodyBudget budget, CancellationToken cancellationToken)
    {
        if (request.Headers.ContentEncoding.Any(static encoding => !string.IsNullOrEmpty(encoding) && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)))
        {
            return (null, new BfError { Status = 415, Message = "The body comes in a Content-Encoding that is not supported; send it plain" });
        }

        if (request.ContentLength > MaxBytes)
        {
            return (null, TooLarge());
        }

        var body = new RequestBody(budget, (int)Math.Min(request.ContentLength ?? 0, 64 * 1024));
        try
        {
            var error = await body.FillAsync(request.BodyReader, cancellationToken);
            if (error is null)
            {
                return (body, null);
            }

            body.Dispose();
            return (null, error);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            // The caller hung up in the middle; nothing of ours failed. The server is told, else it tries to read the rest and complains.
            body.Dispose();
            request.HttpContext.Abort();
            return (null, new BfError { Status = 400, Message = "The connection ended before the body did" });
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>The caller proved who it is: its bytes no longer count against the budget of unknown callers.</summary>
    public void Authenticated()
    {
        _budget.Return(_taken);
        _taken = 0;
    }

    public void Dispose()
    {
        Authenticated();
        _bytes.Dispose();
    }

    private async ValueTask<BfError?> FillAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var length = result.Buffer.Length;
            if (_bytes.WrittenCount + length > MaxBytes)
            {
                reader.AdvanceTo(result.Buffer.End);
                return TooLarge();
            }

            if (!_budget.TryTake(length))
            {
                reader.AdvanceTo(result.Buffer.End);
                return new BfError { Status = 503, Message = "Too many large requests at once; try again", RetryAfter = TimeSpan.FromSeconds(1) };
            }

            _taken += length;
            foreach (var segment in result.Buffer)
            {
                _bytes.Write(segment.Span);
            }

            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return null;
            }
        }
    }

    private static BfError TooLarge() => new() { Status = 413, Message = $"The body is larger than {MaxBytes / 1024 / 1024} MiB" };
}
