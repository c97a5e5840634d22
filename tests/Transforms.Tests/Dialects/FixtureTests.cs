using System.Text.Json.Nodes;

namespace BfProxy.Transforms.Tests.Dialects;

public sealed class FixtureTests
{
    [Theory]
    [Fixture(Chunked = true)]
    public void A_stream_means_the_same_however_it_arrives(StreamShape shape, string provider, string name)
    {
        var fixture = new Fixture(provider, name);
        var expected = string.Join('\n', fixture.Events);

        shape.Run(fixture.Stream, feed => Assert.Equal(expected, Fixture.Read(provider, transform => feed.Into(transform.Push)).ToString()));
    }

    [Theory]
    [Fixture]
    public void Aggregating_does_not_change_the_events(string provider, string name)
    {
        var fixture = new Fixture(provider, name);

        var events = Fixture.Read(provider, aggregate: true, transform => transform.Push(fixture.Stream), out _);

        Assert.Equal(string.Join('\n', fixture.Events), events.ToString());
    }

    [Theory]
    [Fixture(Aggregated = true)]
    public void A_stream_amounts_to_the_plain_answer_field_for_field(string provider, string name)
    {
        var fixture = new Fixture(provider, name);

        Fixture.Read(provider, aggregate: true, transform => transform.Push(fixture.Stream), out var completion);

        Assert.Equal(Sorted(fixture.Completion), Sorted(JsonNode.Parse(completion)!));
    }

    [Theory]
    [Fixture]
    public void Every_stream_ends_exactly_once(string provider, string name)
    {
        var fixture = new Fixture(provider, name);

        var events = Fixture.Read(provider, transform =>
        {
            transform.Push(fixture.Stream);
            transform.Complete();
            transform.Push(fixture.Stream);
        });

        Assert.Equal(1, events.Terminals);
    }

    // Numbers and strings as written, members by name: two answers are equal if and only if these texts are.
    private static string Sorted(JsonNode? node) => node switch
    {
        JsonObject members => $"{{{string.Join(",\n", members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}:{Sorted(member.Value)}"))}}}",
        JsonArray elements => $"[{string.Join(",\n", elements.Select(Sorted))}]",
        _ => node?.ToJsonString() ?? "null",
    };
}
