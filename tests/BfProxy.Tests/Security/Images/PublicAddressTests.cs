using System.Net;
using BfProxy.Security.Images;

namespace BfProxy.Tests.Security.Images;

public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("93.184.215.14")]
    [InlineData("8.8.8.8")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("192.0.1.1")]
    [InlineData("2606:2800:220:1::1")]
    [InlineData("::ffff:8.8.8.8")]
    public void The_internet_is_open(string address) => Assert.True(Rules().Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("127.255.255.254", "loopback")]
    [InlineData("::1", "loopback")]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("0.1.2.3", "this network")]
    [InlineData("::", "unspecified")]
    [InlineData("10.0.0.1", "private")]
    [InlineData("172.16.0.1", "private")]
    [InlineData("172.31.255.255", "private")]
    [InlineData("192.168.1.1", "private")]
    [InlineData("fc00::1", "private")]
    [InlineData("fd00:ec2::254", "metadata of a cloud")]
    [InlineData("169.254.169.254", "metadata of a cloud")]
    [InlineData("169.254.0.1", "link-local")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("100.64.0.1", "carrier-grade NAT")]
    [InlineData("100.100.100.200", "metadata of a cloud")]
    [InlineData("168.63.129.16", "metadata of a cloud")]
    [InlineData("192.0.0.192", "metadata of a cloud")]
    [InlineData("198.18.0.1", "benchmarks")]
    [InlineData("203.0.113.1", "documentation")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("239.255.255.250", "multicast")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("240.0.0.1", "reserved")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("::ffff:127.0.0.1", "mapped loopback")]
    [InlineData("::ffff:10.0.0.1", "mapped private")]
    [InlineData("::127.0.0.1", "compatible loopback")]
    [InlineData("2002:7f00:1::", "6to4")]
    [InlineData("2002:808:808::1", "6to4")]
    [InlineData("64:ff9b::a9fe:a9fe", "NAT64")]
    [InlineData("64:ff9b:1::a00:1", "local NAT64")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo")]
    [InlineData("2001:db8::1", "documentation")]
    [InlineData("fec0::1", "site-local")]
    public void Everything_else_is_not(string address, string because) =>
        Assert.False(Rules().Allows(IPAddress.Parse(address)), $"{address} is {because}");

    [Fact]
    public void A_network_that_configuration_names_is_open_and_no_other()
    {
        var rules = Rules("10.1.0.0/16");

        Assert.True(rules.Allows(IPAddress.Parse("10.1.2.3")));
        Assert.True(rules.Allows(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.False(rules.Allows(IPAddress.Parse("10.2.0.1")));
        Assert.False(rules.Allows(IPAddress.Parse("127.0.0.1")));
    }

    private static ImageRules Rules(params string[] networks) => new(new ImagesOptions(), [], [.. networks.Select(network => IPNetwork.Parse(network))]);
}
