using BfProxy.Forwarding;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Chat;

/// <summary>Reads the answer to one chat, whoever gives it in the end: makes a reader for each call that is tried.</summary>
/// <param name="output">Where events go.</param>
/// <param name="aggregates">Whether the answer is wanted as one object.</param>
/// <param name="usesFunctions">Whether the request used the older <c>functions</c>.</param>
/// <param name="isTentative">Whether other calls may follow one that fails.</param>
internal sealed class ChatRounds(IStreamOutput output, bool aggregates, bool usesFunctions, bool isTentative)
{
    private DialectReader? _reader;
    private Round? _round;

    public Round Ask(ProviderCall call)
    {
        if (!call.Streams)
        {
            return _round = new Round(call, new PlainResponse(call.Provider.Options.MaxResponseBytes));
        }

        _reader = call.Dialect.CreateReader(aggregates);
        _reader.UsesFunctions = aggregates && usesFunctions;
        return _round = new Round(call, new EventStreamResponse(isTentative ? new TentativeOutput(output) : output, _reader, call.Limits) { RequestBytes = call.Body.Length });
    }

    /// <summary>Of two rounds that were made, this one goes on.</summary>
    public void Take(Round round)
    {
        _round = round;
        if (round.Response is EventStreamResponse answer)
        {
            _reader = answer.Reader;
            answer.GoOn();
        }
    }

    /// <summary>The whole answer, in the provider's own bytes where it was asked plainly.</summary>
    public Task WriteAsync(HttpContext context) =>
        _round!.Response is PlainResponse plain ? ChatAnswers.WriteAsync(context, plain.Bytes) : ChatAnswers.WriteAsync(context, _reader!);
}
