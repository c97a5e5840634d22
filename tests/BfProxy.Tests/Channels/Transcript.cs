namespace BfProxy.Tests.Channels;

/// <summary>What was published, one entry an offset.</summary>
internal sealed class Transcript
{
    private const string Alphabet = "abc日 é{}[]";

    public List<string> Frames { get; } = [];

    public string Add(string text)
    {
        Frames.Add(text);
        return text;
    }

    public string AddDelta(string streamId, Random random)
    {
        // The first character makes each delta of a roll-up tell apart where it begins.
        var text = "|" + new string(random.GetItems<char>(Alphabet, random.Next(12)));
        Frames.Add(streamId + text);
        return text;
    }
}
