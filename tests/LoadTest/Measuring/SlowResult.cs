using LoadTest.Client;

namespace LoadTest.Measuring;

/// <summary>What the ordinary subscribers saw in one window, with slow ones among them or without.</summary>
internal sealed record SlowResult(string Name, bool IsDisturbed, WindowReport Window);
