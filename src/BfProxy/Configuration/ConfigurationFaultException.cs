namespace BfProxy.Configuration;

/// <summary>A configuration that the process cannot start with; the message lists every fault on a line of its own.</summary>
internal sealed class ConfigurationFaultException(IReadOnlyList<string> faults)
    : Exception("The configuration has " + (faults.Count == 1 ? "a fault:" : $"{faults.Count} faults:") + string.Concat(faults.Select(f => Environment.NewLine + "  - " + f)))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
