using System.Text;
using Xunit.Abstractions;

namespace BfProxy.Transforms.Tests;

/// <summary>How one and the same stream may arrive: its line ends, and how it is cut into reads.</summary>
public sealed class StreamShape : IXunitSerializable
{
    public static IEnumerable<StreamShape> All { get; } =
    [
        .. from newline in Enum.GetValues<Newline>()
           from cut in Enum.GetValues<Cut>()
           select new StreamShape { Newline = newline, Cut = cut },
    ];

    public Newline Newline { get; private set; }

    public Cut Cut { get; private set; }

    /// <summary>Runs a test for each feed of this shape. A stream that holds a CR already keeps the line ends that it has.</summary>
    public void Run(string stream, Action<StreamFeed> test) => Run(Encoding.UTF8.GetBytes(stream), test);

    /// <inheritdoc cref="Run(string, Action{StreamFeed})"/>
    public void Run(byte[] stream, Action<StreamFeed> test)
    {
        var bytes = WithNewlines(stream);
        foreach (var feed in Feeds(bytes))
        {
            try
            {
                test(feed);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"{this}, {feed}: {fault.Message}", fault);
            }
        }
    }

    public void Serialize(IXunitSerializationInfo info)
    {
        info.AddValue(nameof(Newline), Newline);
        info.AddValue(nameof(Cut), Cut);
    }

    public void Deserialize(IXunitSerializationInfo info)
    {
        Newline = info.GetValue<Newline>(nameof(Newline));
        Cut = info.GetValue<Cut>(nameof(Cut));
    }

    public override string ToString() => $"{Newline} {Cut}";

    private IEnumerable<StreamFeed> Feeds(byte[] bytes) => Cut switch
    {
        Cut.Whole => [new StreamFeed(bytes, [])],
        Cut.OnceAtEachPosition => Enumerable.Range(0, bytes.Length + 1).Select(at => new StreamFeed(bytes, [at])),
        _ => [new StreamFeed(bytes, [.. Enumerable.Range(1, Math.Max(0, bytes.Length - 1))])],
    };

    private byte[] WithNewlines(byte[] stream)
    {
        if (Newline == Newline.LineFeed || stream.Contains((byte)'\r'))
        {
            return stream;
        }

        byte[] newline = Newline == Newline.CarriageReturn ? [(byte)'\r'] : "\r\n"u8.ToArray();
        return [.. stream.SelectMany(value => value == '\n' ? newline : [value])];
    }
}
