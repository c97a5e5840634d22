using System.Buffers;
using BfProxy.Transforms.Contract;

namespace BfProxy.Channels.Redis;

/// <summary>How other nodes end a stream whose node is gone: by name, once.</summary>
internal static class LastWords
{
    /// <summary>The same from whomever it comes: said again, it is known. The scripts know it too.</summary>
    public const int Number = int.MaxValue;

    /// <summary>An error and an end.</summary>
    /// <param name="seq">What no client has seen of the stream, as far as is known; Redis may know better.</param>
    public static Batch From(int seq)
    {
        var batch = new Batch { Number = Number, Seq = seq, IsLast = true };
        var json = new ArrayBufferWriter<byte>();
        BfEventWriter.WriteError(json, new BfError { Status = 503, Message = "The node that ran this stream is gone", Kind = BfErrorKind.Server }, showProviderWords: false);
        batch.Add(0, json.WrittenSpan);
        json.Clear();
        BfEventWriter.WriteEnd(json, "error", usage: null, default);
        batch.Add(0, json.WrittenSpan);
        batch.LastWords = batch;
        return batch;
    }
}
