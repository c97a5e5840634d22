using BenchmarkDotNet.Running;
using BfProxy.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(ProviderStream).Assembly).Run(args);
