using BfProxy.Backplane;

namespace BfProxy.Tests.Backplane;

/// <summary>What every store of limits does; each kind of store runs all of it.</summary>
public abstract class LimitStoreTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    /// <summary>Unlike any other test's.</summary>
    private readonly string _key = $"test:{Guid.NewGuid():N}";

    internal abstract ILimitStore Store { get; }

    [Fact]
    public async Task A_sum_rises_within_its_window_and_begins_anew_after_it()
    {
        Assert.Equal(2, (await Store.AddAsync(_key, 2, Minute, default)).Sum);
        var second = await Store.AddAsync(_key, 3, Minute, default);
        Assert.Equal(5, second.Sum);
        Assert.InRange(second.Left, TimeSpan.Zero, Minute);

        var shorter = _key + ":short";
        Assert.Equal(2, (await Store.AddAsync(shorter, 2, Short, default)).Sum);
        await PassAsync(Short);
        Assert.Equal(1, (await Store.AddAsync(shorter, 1, Short, default)).Sum);
    }

    [Fact]
    public async Task Of_many_who_add_none_is_missed()
    {
        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () => await Store.AddAsync(_key, 1, Minute, default))));
        Assert.Equal(32, (await Store.AddAsync(_key, 0, Minute, default)).Sum);
    }

    [Fact]
    public async Task There_are_so_many_places_and_one_that_is_left_is_free()
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () => await Store.TryTakeAsync(_key, $"h{i}", 3, Minute, default))));
        Assert.Equal(3, taken.Count(static place => place));

        await Store.LeaveAsync(_key, $"h{Array.IndexOf(taken, true)}", default);
        Assert.True(await Store.TryTakeAsync(_key, "another", 3, Minute, default));
        Assert.False(await Store.TryTakeAsync(_key, "one more", 3, Minute, default));
    }

    [Fact]
    public async Task A_place_that_is_not_renewed_is_free_at_the_end_of_its_lease()
    {
        Assert.True(await Store.TryTakeAsync(_key, "lost", 2, Short, default));
        Assert.True(await Store.TryTakeAsync(_key, "alive", 2, Short, default));
        await Store.RenewAsync(_key, ["alive"], Minute, default);
        await PassAsync(Short);

        Assert.True(await Store.TryTakeAsync(_key, "next", 2, Minute, default));
        Assert.False(await Store.TryTakeAsync(_key, "last", 2, Minute, default));
    }

    [Fact]
    public async Task Renewing_brings_back_what_the_store_has_lost()
    {
        await Store.RenewAsync(_key, ["a", "b"], Minute, default);
        await Store.RenewAsync(_key, [], Minute, default);
        Assert.False(await Store.TryTakeAsync(_key, "c", 2, Minute, default));
    }

    /// <summary>Lets at least this time pass for the store.</summary>
    internal abstract Task PassAsync(TimeSpan time);
}
