using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Pipeline;

namespace BfProxy.Transforms.Tests.Dialects;

public sealed class DialectFuzzTests
{
    private const int MutationsPerFixture = 300;

    private static readonly byte[][] s_tokens =
    [
        .. new[] { "null", "true", "0", "-1", "1e99", "\"\"", "\"x\"", "[]", "{}", "[null]", "\\", "\"", "\\u12", "\\ud800", "\n", "\n\n", "data: ", ",", "}", "[DONE]" }
            .Select(System.Text.Encoding.UTF8.GetBytes),
        [0xFF],
        [0xE2, 0x82],
        [0x00],
    ];

    [Theory]
    [Fixture]
    public void A_damaged_stream_ends_once_and_never_throws(string provider, string name)
    {
        var stream = new Fixture(provider, name).Stream;
        for (var seed = 0; seed < MutationsPerFixture; seed++)
        {
            var damaged = Damage(stream, new Random(seed));

            var events = Fixture.Read(provider, aggregate: true, transform => transform.Push(damaged), out var completion);

            Assert.True(events.Terminals == 1, $"Seed {seed}: {events}");
            Assert.True((events.LastError is null) == IsJson(completion), $"Seed {seed}: {completion}");
            Assert.All(events.Lines, line => Assert.True(IsJson(line), $"Seed {seed}: {line}"));
        }
    }

    [Theory]
    [Fixture]
    public void Half_a_character_in_any_name_or_text_is_no_exception(string provider, string name)
    {
        var stream = new Fixture(provider, name).Stream;
        foreach (var at in Enumerable.Range(1, stream.Length - 1).Where(at => stream[at] == '"' && stream[at - 1] is not (byte)'\\'))
        {
            byte[] damaged = [.. stream.AsSpan(0, at + 1), .. "\\ud800"u8, .. stream.AsSpan(at + 1)];
            var reader = DialectCatalog.Find(provider)!.CreateReader(aggregate: true);
            reader.KeepsTurn = true;
            var sink = new EventLines();
            using var transform = new StreamTransform(reader, sink, new StreamLimits());

            transform.Push(damaged);
            transform.Complete();

            Assert.True(sink.Terminals == 1, $"At {at}: {sink}");
            if (sink.LastError is null)
            {
                var output = new System.Buffers.ArrayBufferWriter<byte>();
                reader.WriteCompletion(output);
                reader.ReadTurn();
                Assert.True(IsJson(System.Text.Encoding.UTF8.GetString(output.WrittenSpan)), $"At {at}");
            }
        }
    }

    [Theory]
    [Fixture]
    public void Reading_by_template_and_reading_in_full_agree(string provider, string name)
    {
        var stream = new Fixture(provider, name).Stream;
        for (var seed = 0; seed < MutationsPerFixture; seed++)
        {
            var damaged = Damage(stream, new Random(seed));

            var whole = Fixture.Read(provider, transform => transform.Push(damaged)).ToString();
            var inFull = ReadWithoutTemplate(provider, damaged).ToString();

            Assert.True(whole == inFull, $"Seed {seed}:\n{whole}\n\n{inFull}");
        }
    }

    // A named event is always read in full; "message" is what no name means.
    private static EventLines ReadWithoutTemplate(string provider, byte[] stream)
    {
        var sink = new EventLines();
        var reader = new NamingReader(DialectCatalog.Find(provider)!.CreateReader(aggregate: false));
        using var transform = new StreamTransform(reader, sink, new StreamLimits());
        transform.Push(stream);
        transform.Complete();
        return sink;
    }

    private static byte[] Damage(byte[] stream, Random random)
    {
        var bytes = stream.ToList();
        for (var left = random.Next(1, 5); left > 0; left--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 30), bytes.Count - at - 1));
                    break;
                case 2:
                    bytes.InsertRange(at, s_tokens[random.Next(s_tokens.Length)]);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(at + 1), Math.Min(60, bytes.Count - at)));
                    break;
                default:
                    ReplaceValue(bytes, at, s_tokens[random.Next(s_tokens.Length)]);
                    break;
            }
        }

        return [.. bytes];
    }

    // Puts a token where a value stood, so that the JSON often stays well formed.
    private static void ReplaceValue(List<byte> bytes, int from, byte[] token)
    {
        var start = bytes.IndexOf((byte)':', from) + 1;
        var end = start == 0 ? -1 : bytes.FindIndex(start, value => value is (byte)',' or (byte)'}' or (byte)']');
        if (end > start)
        {
            bytes.RemoveRange(start, end - start);
            bytes.InsertRange(start, token);
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(text);
            return true;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }
}
