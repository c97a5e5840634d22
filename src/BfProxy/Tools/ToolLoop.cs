using BfProxy.Forwarding;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Tools;

/// <summary>
/// A conversation with a model whose tool calls are run here: stands between the provider's answers and the stream's output, keeps
/// back the end of an answer that only calls tools, and goes on with their results until the model has said its last word.
/// </summary>
/// <param name="scope">For whom tools are run.</param>
/// <param name="request">What the caller asked; it and <paramref name="memory"/> live until the stream ends.</param>
/// <param name="output">Where events go in the end.</param>
/// <param name="shows">Whether pages hear of the calls and may answer them.</param>
/// <param name="runner">Runs the calls.</param>
/// <param name="maxRounds">How often results are given back.</param>
/// <param name="memory">Released with the stream.</param>
internal sealed class ToolLoop(ToolScope scope, ChatRequest request, IStreamOutput output, bool shows, ToolRunner runner, int maxRounds, IDisposable memory) : IStreamOutput
{
    private readonly List<ToolRound> _rounds = [];
    private ProviderCall? _call;
    private DialectReader? _reader;
    private IReadOnlyList<ToolCall> _calls = [];
    private EventStreamResponse? _answer;
    private CountedUsage? _earlier;
    private bool _isIntroduced;
    private bool _awaitsTools;
    private bool _isDisposed;

    public bool HasContent => _awaitsTools || output.HasContent;

    public bool IsOver => output.IsOver;

    public CancellationToken Abandoned => output.Abandoned;

    public BfError? Failure => output.Failure;

    /// <summary>Whether other calls may follow one that fails.</summary>
    public bool IsTentative { get; init; }

    /// <summary>Of all rounds together.</summary>
    public CountedUsage? Usage => _answer?.CountedUsage;

    /// <summary>How often results were given back.</summary>
    public int Rounds => _rounds.Count;

    /// <summary>What was said and done, in order, but for the last answer.</summary>
    public IReadOnlyList<ToolRound> History => _rounds;

    /// <summary>The last answer where its calls have no results (yet), else null.</summary>
    public AnswerTurn? Unanswered => _awaitsTools ? _reader!.ReadTurn() : null;

    /// <summary>Asked when a provider refuses a round.</summary>
    public RoundAgain? Again { get; init; }

    /// <summary>Reads the last answer, whose completion is that of the conversation.</summary>
    public DialectReader Reader => _reader ?? throw new InvalidOperationException("No round was begun");

    /// <summary>The round that asks a provider with this call.</summary>
    public Round Ask(ProviderCall call)
    {
        (_call, _calls) = (call, []);
        _reader = call.Dialect.CreateReader(aggregate: !shows);
        _reader.UsesFunctions = request.UsesFunctions;
        _reader.KeepsTurn = scope.Offered.Count > 0 || scope.ThreadId is not null;
        _answer = new EventStreamResponse(IsTentative ? new TentativeOutput(this) : this, _reader, call.Limits, ownsOutput: _rounds.Count == 0) { RequestBytes = call.Body.Length, Earlier = _earlier };
        return new Round(call, _answer) { Again = Again };
    }

    /// <summary>Of two rounds that were made, this one goes on.</summary>
    public void Take(Round round)
    {
        (_call, _calls, _answer) = (round.Call, [], (EventStreamResponse)round.Response);
        _reader = _answer.Reader;
        _answer.GoOn();
    }

    /// <summary>Runs the calls of the answer that has just ended, and says what to ask next.</summary>
    public async ValueTask<Round?> NextAsync(CancellationToken cancellationToken)
    {
        if (!_awaitsTools)
        {
            return null;
        }

        if (_rounds.Count >= maxRounds)
        {
            // It was told not to call any more, and did.
            Error(ToolErrors.EndlessRounds(_call!.Provider.Name, maxRounds));
            return null;
        }

        var results = await runner.RunAsync(scope, _calls, shows ? this : null, cancellationToken);
        _awaitsTools = false;
        _earlier = Usage;
        _rounds.Add(new ToolRound(_reader!.ReadTurn(), results));
        if (CallFactory.TryContinue(_call!, request.Continue(_rounds, mayCall: _rounds.Count < maxRounds), out var call, out var error))
        {
            return Ask(call);
        }

        Error(error);
        return null;
    }

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        Introduce();
        output.Delta(escapedText);
    }

    public void ToolCalls(IReadOnlyList<ToolCall> calls) => _calls = calls;

    public void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson)
    {
        _awaitsTools = _calls.Count > 0;
        if (_awaitsTools)
        {
            return;
        }

        Introduce();

        // The provider's own account is that of its last answer only.
        output.End(finishReason, usage, _rounds.Count == 0 ? usageJson : default);
    }

    public void Error(BfError error)
    {
        Introduce();
        output.Error(error);
    }

    public void Reads(ResponseReader answer) => output.Reads(answer);

    public void Event(ReadOnlySpan<byte> json)
    {
        Introduce();
        output.Event(json);
    }

    public void Flush() => output.Flush();

    public void Stopped()
    {
        Introduce();
        output.Stopped();
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        output.Dispose();
        memory.Dispose();
    }

    /// <summary>The first event of all names the stream, so that a page can stop it before it has the acknowledgment.</summary>
    private void Introduce()
    {
        if (_isIntroduced || !shows)
        {
            return;
        }

        _isIntroduced = true;
        using var json = new ArrayPoolBufferWriter<byte>();
        if (scope is { ThreadId: { } thread, RunId: { } run })
        {
            BfEventWriter.WriteThreadInfo(json, thread, run);
        }
        else
        {
            BfEventWriter.WriteThreadInfo(json, scope.StreamId);
        }

        output.Event(json.WrittenSpan);
    }
}
