using System.Text;
using BfProxy.Backplane;

namespace BfProxy.Tests.Backplane;

/// <summary>What every store of shared state does; each kind of store runs all of it.</summary>
public abstract class StateStoreTests
{
    private static readonly byte[] One = "1"u8.ToArray();
    private static readonly byte[] Two = "2"u8.ToArray();

    /// <summary>Unlike any other test's.</summary>
    private readonly string _key = $"test:{Guid.NewGuid():N}";

    internal abstract IStateStore Store { get; }

    [Fact]
    public async Task A_value_stays_until_it_is_replaced()
    {
        Assert.Null(await Store.GetAsync(_key, default));
        await Store.SetAsync(_key, One, null, default);
        await Store.SetAsync(_key, Two, TimeSpan.FromMinutes(1), default);
        Assert.Equal(Two, await Store.GetAsync(_key, default));
    }

    [Fact]
    public async Task A_value_whose_time_is_over_is_gone_and_its_key_free()
    {
        await Store.SetAsync(_key, One, TimeSpan.FromMilliseconds(200), default);
        await PassAsync(TimeSpan.FromMilliseconds(200));
        Assert.Null(await Store.GetAsync(_key, default));
        Assert.Null(await Store.TakeAsync(_key, default));
        Assert.False(await Store.TryReplaceAsync(_key, One, Two, null, default));
        Assert.True(await Store.TryAddAsync(_key, Two, null, default));
    }

    [Fact]
    public async Task Of_many_who_take_one_gets_it()
    {
        await Store.SetAsync(_key, One, null, default);
        var taken = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => await Store.TakeAsync(_key, default))));
        Assert.Equal(One, Assert.Single(taken, value => value is not null));
    }

    [Fact]
    public async Task Of_many_who_add_one_wins()
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () => await Store.TryAddAsync(_key, [(byte)i], null, default))));
        Assert.Single(added, won => won);
    }

    [Fact]
    public async Task Compare_and_set_and_compare_and_remove_want_what_stands_there()
    {
        Assert.False(await Store.TryReplaceAsync(_key, One, Two, null, default));
        await Store.SetAsync(_key, One, null, default);
        Assert.False(await Store.TryRemoveAsync(_key, Two, default));
        Assert.True(await Store.TryReplaceAsync(_key, One, Two, TimeSpan.FromMinutes(1), default));
        Assert.False(await Store.TryReplaceAsync(_key, One, Two, null, default));
        Assert.True(await Store.TryRemoveAsync(_key, Two, default));
        Assert.False(await Store.TryRemoveAsync(_key, Two, default));
    }

    [Fact]
    public async Task Fields_of_a_map_come_and_go_one_by_one()
    {
        Assert.Empty(await Store.GetMapAsync(_key, default));
        await Store.SetFieldsAsync(_key, new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "1", ["日"] = "2" }, default);
        await Store.SetFieldsAsync(_key, new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "3" }, default);
        await Store.SetFieldsAsync(_key, new Dictionary<string, string>(StringComparer.Ordinal), default);
        var map = await Store.GetMapAsync(_key, default);
        Assert.Equal([("a", "3"), ("日", "2")], map.Select(field => (field.Key, field.Value)).Order());

        await Store.RemoveFieldsAsync(_key, ["a", "none"], default);
        await Store.RemoveFieldsAsync(_key, [], default);
        Assert.Equal("日", Assert.Single(await Store.GetMapAsync(_key, default)).Key);
        await Store.RemoveFieldsAsync(_key, ["日"], default);
        Assert.Empty(await Store.GetMapAsync(_key, default));
    }

    [Fact]
    public async Task Keys_and_values_are_bytes_of_any_kind()
    {
        var value = Encoding.UTF8.GetBytes("\0 ключ \r\n\"{}");
        await Store.SetAsync(_key + ":日 \"{}\"", value, null, default);
        Assert.Equal(value, await Store.GetAsync(_key + ":日 \"{}\"", default));
        await Store.SetAsync(_key, [], null, default);
        Assert.Equal(Array.Empty<byte>(), await Store.GetAsync(_key, default));
    }

    /// <summary>Lets at least this time pass for the store.</summary>
    internal abstract Task PassAsync(TimeSpan time);
}
