using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using StackExchange.Redis;

namespace BfProxy.Backplane;

/// <summary>The bus over Redis' publish and subscribe: one topic for all nodes, and one for each.</summary>
internal sealed class RedisBus : INodeBus, IHostedService
{
    private const int IdBytes = 16;
    private const int MaxWaiting = 4096;
    private const int Lanes = 4;

    private readonly ConcurrentDictionary<string, Func<ReadOnlyMemory<byte>, ValueTask<byte[]?>>> _handlers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<byte[]?>> _asked = new();
    private readonly Channel<BusMessage> _heard = Channel.CreateBounded<BusMessage>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly RedisLink _link;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _everybody;
    private Task _lanes = Task.CompletedTask;
    private long _questions;

    public RedisBus(RedisLink link, TimeProvider time, ILogger<RedisBus> logger)
    {
        (_link, _time, _logger) = (link, time, logger);
        _everybody = link.Prefix + "nodes";
    }

    public string NodeId { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));

    public void Handle(string kind, Func<ReadOnlyMemory<byte>, ValueTask<byte[]?>> handler)
    {
        if (!_handlers.TryAdd(kind, handler))
        {
            throw new InvalidOperationException($"Messages of kind '{kind}' are handled already");
        }
    }

    public async ValueTask TellAllAsync(string kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await AnswerAsync(kind, message);
        await PublishAsync(_everybody, new BusMessage(NodeId, 0, kind, message), cancellationToken);
    }

    public async ValueTask<byte[]?> AskAsync(string nodeId, string kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (string.Equals(nodeId, NodeId, StringComparison.Ordinal))
        {
            return await AnswerAsync(kind, message);
        }

        var question = Interlocked.Increment(ref _questions);
        var answer = _asked[question] = new TaskCompletionSource<byte[]?>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            var listeners = await PublishAsync(TopicOf(nodeId), new BusMessage(NodeId, question, kind, message), cancellationToken);
            return listeners == 0 ? null : await answer.Task.WaitAsync(RedisLink.Patience, _time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or StateUnavailableException)
        {
            return null;
        }
        finally
        {
            _asked.TryRemove(question, out _);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _lanes = Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => Task.Run(HandleAsync, CancellationToken.None)));
        // A slow start is no reason to go on alone.
        await _link.ConnectedAsync(cancellationToken);
        try
        {
            await Task.WhenAll(_link.SubscribeAsync(TopicOf(NodeId), Heard, cancellationToken), _link.SubscribeAsync(_everybody, Heard, cancellationToken));
        }
        catch (StateUnavailableException)
        {
            // Both are listened to once Redis is there.
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _heard.Writer.TryComplete();
        await _lanes;
    }

    private string TopicOf(string nodeId) => $"{_link.Prefix}node:{nodeId}";

    private Task<long> PublishAsync(string topic, BusMessage message, CancellationToken cancellationToken)
    {
        RedisValue bytes = message.Write();
        return _link.RunAsync(database => database.PublishAsync(topic, bytes), cancellationToken);
    }

    /// <summary>Runs on the client's own thread: answers go to who asked, the rest waits for a lane.</summary>
    private void Heard(RedisChannel topic, RedisValue bytes)
    {
        if (!BusMessage.TryRead(bytes!, out var message))
        {
            return;
        }

        if (message.Kind is BusMessage.Answer or BusMessage.NoAnswer)
        {
            if (_asked.TryGetValue(message.Question, out var asked))
            {
                asked.TrySetResult(message.Kind == BusMessage.Answer ? message.Body.ToArray() : null);
            }
        }
        else if (message.Question != 0 || message.Sender != NodeId)
        {
            _heard.Writer.TryWrite(message);
        }
    }

    private async Task HandleAsync()
    {
        await foreach (var message in _heard.Reader.ReadAllAsync())
        {
            try
            {
                var answer = await AnswerAsync(message.Kind, message.Body);
                if (message.Question != 0)
                {
                    await PublishAsync(TopicOf(message.Sender), new BusMessage(NodeId, message.Question, answer is null ? BusMessage.NoAnswer : BusMessage.Answer, answer), CancellationToken.None);
                }
            }
            catch (StateUnavailableException)
            {
                // Whoever asked hears nothing, as from a node that is gone.
            }
            catch (Exception exception)
            {
                // A message that breaks its handler must not end the lane.
                BackplaneLog.Broken(_logger, exception, message.Kind);
            }
        }
    }

    private async ValueTask<byte[]?> AnswerAsync(string kind, ReadOnlyMemory<byte> message) =>
        _handlers.TryGetValue(kind, out var handler) ? await handler(message) : null;
}
