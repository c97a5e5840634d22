using BfProxy.Security.Images;

namespace BfProxy.Tests.Security.Images;

public sealed class AllowedHostTests
{
    [Theory]
    [InlineData("images.example.com", "https://images.example.com/a.png", true)]
    [InlineData("images.example.com", "http://IMAGES.example.com./a.png", true)]
    [InlineData("images.example.com", "https://images.example.com:8443/a.png", false)]
    [InlineData("images.example.com", "https://cdn.images.example.com/a.png", false)]
    [InlineData("images.example.com", "https://images.example.com.evil.test/a.png", false)]
    [InlineData("images.example.com:8443", "https://images.example.com:8443/a.png", true)]
    [InlineData("images.example.com:8443", "https://images.example.com/a.png", false)]
    [InlineData("*.example.com", "https://a.b.example.com/", true)]
    [InlineData("*.example.com", "https://example.com/", false)]
    [InlineData("*.example.com", "https://notexample.com/", false)]
    [InlineData("*", "https://anything.test/", true)]
    [InlineData("*", "https://anything.test:22/", false)]
    [InlineData("bücher.example", "https://xn--bcher-kva.example/", true)]
    [InlineData("127.0.0.1:81", "http://2130706433:81/", true)]
    [InlineData("[::1]:81", "http://[::1]:81/", true)]
    public void A_host_is_matched_whole_with_its_port(string entry, string address, bool matches)
    {
        Assert.True(AllowedHost.TryParse(entry, out var host));
        Assert.Equal(matches, host.Matches(new Uri(address)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*example.com")]
    [InlineData("a.*.example.com")]
    [InlineData("https://example.com")]
    [InlineData("example.com/path")]
    [InlineData("user@example.com")]
    [InlineData("exa mple.com")]
    public void What_is_no_host_is_refused(string entry) => Assert.False(AllowedHost.TryParse(entry, out _));
}
