namespace BfProxy.Configuration;

/// <summary>Collects everything that is wrong with a configuration, so that an operator sees all of it at once.</summary>
internal sealed class Faults
{
    private readonly List<string> _messages = [];

    public IReadOnlyList<string> Messages => _messages;

    public bool Any => _messages.Count > 0;

    public void Add(string key, string message) => _messages.Add($"{key}: {message}");

    /// <summary>Refuses the configuration where it has a fault.</summary>
    /// <exception cref="ConfigurationFaultException">Lists them all.</exception>
    public void ThrowIfAny()
    {
        if (Any)
        {
            throw new ConfigurationFaultException(_messages);
        }
    }
}
