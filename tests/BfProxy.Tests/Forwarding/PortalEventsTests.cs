using System.Buffers;
using System.Text;
using BfProxy.Forwarding;

namespace BfProxy.Tests.Forwarding;

/// <summary>Events that wait for BetterForms.</summary>
public sealed class PortalEventsTests
{
    [Fact]
    public void Text_side_by_side_is_one_delta_and_never_joined_across_another_event()
    {
        var events = new PortalEvents(100);
        Assert.True(events.TryAddText("a"u8));
        Assert.True(events.TryAddText("\\n"u8));
        events.AddEvent("{\"type\":\"function_call\"}"u8);
        Assert.True(events.TryAddText("b"u8));

        Assert.Equal("""{"type":"delta","content":"a\n"}""", Take(events));
        Assert.Equal("""{"type":"function_call"}""", Take(events));
        Assert.Equal("""{"type":"delta","content":"b"}""", Take(events));
        Assert.True(events.IsEmpty);
        Assert.True(events.TryAddText("c"u8));
        Assert.Equal("""{"type":"delta","content":"c"}""", Take(events));
    }

    [Fact]
    public void Waiting_text_has_a_bound_and_what_was_taken_makes_room()
    {
        var events = new PortalEvents(4);

        Assert.True(events.TryAddText("1234"u8));
        Assert.False(events.TryAddText("5"u8));
        events.AddEvent("{\"type\":\"end\"}"u8);
        Take(events);
        Take(events);
        Assert.True(events.TryAddText("5678"u8));
    }

    private static string Take(PortalEvents events)
    {
        var json = new ArrayBufferWriter<byte>();
        events.Take(json);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
