using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Pipeline;

namespace BfProxy.Transforms.Tests.Dialects;

/// <summary>
/// A stream of a provider (<c>.sse</c>), what a sink is told of it (<c>.bf.jsonl</c>) and, for some, the answer it amounts to (<c>.completion.json</c>).
/// </summary>
internal sealed record Fixture(string Provider, string Case)
{
    private static readonly string s_root = Path.Combine(AppContext.BaseDirectory, "Fixtures");

    public static IEnumerable<Fixture> All { get; } =
    [
        .. Directory.EnumerateFiles(s_root, "*.sse", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(file => new Fixture(Path.GetFileName(Path.GetDirectoryName(file)!), Path.GetFileNameWithoutExtension(file))),
    ];

    public byte[] Stream => System.IO.File.ReadAllBytes(File(".sse"));

    public string[] Events => System.IO.File.ReadAllLines(File(".bf.jsonl"));

    public bool HasCompletion => System.IO.File.Exists(File(".completion.json"));

    public JsonNode Completion => JsonNode.Parse(System.IO.File.ReadAllText(File(".completion.json")))!;

    public static EventLines Read(string provider, Action<StreamTransform> feed) => Read(provider, aggregate: false, feed, out _);

    /// <summary>Runs a whole stream, from its first byte to the provider's closing.</summary>
    public static EventLines Read(string provider, bool aggregate, Action<StreamTransform> feed, out string completion)
    {
        var reader = new GrammarReader(new DialectCatalog(new FixedTime()).Get(provider)!.CreateReader(aggregate));
        var sink = new EventLines();
        using var transform = new StreamTransform(reader, sink, new StreamLimits());
        feed(transform);
        transform.Complete();

        var output = new ArrayBufferWriter<byte>();
        if (aggregate && sink.LastError is null)
        {
            reader.WriteCompletion(output);
        }

        completion = EventLines.MadeId.Replace(Encoding.UTF8.GetString(output.WrittenSpan), "*");
        return sink;
    }

    private string File(string extension) => Path.Combine(s_root, Provider, Case + extension);
}
