using System.Text;
using BfProxy.Messaging;

namespace BfProxy.Tests.Messaging;

public sealed class MessageTextTests
{
    [Theory]
    [InlineData("""{"a":"plain"}""", true)]
    [InlineData("""{"a":"\ud83d\ude00"}""", true)]
    [InlineData("""{"a":"\\ud800"}""", true)]
    [InlineData("""{"a":"\"\\\u00e9\n"}""", true)]
    [InlineData("""{"a":"\ud800"}""", false)]
    [InlineData("""{"a":"\ude00\ud83d"}""", false)]
    [InlineData("""{"\uD83D":1}""", false)]
    [InlineData("""{"a":"\ud83d\ud83d\ude00"}""", false)]
    [InlineData("""{"a":"\\\udc00"}""", false)]
    public void Half_a_surrogate_pair_is_found_and_nothing_else(string json, bool isWhole) =>
        Assert.Equal(isWhole, MessageText.IsWhole(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Bytes_that_are_no_UTF8_are_found() => Assert.False(MessageText.IsWhole([(byte)'"', 0xC3, (byte)'"']));
}
