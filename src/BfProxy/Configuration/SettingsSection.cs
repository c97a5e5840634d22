namespace BfProxy.Configuration;

/// <summary>One part of the configuration that is read, checked and swapped together with all the others.</summary>
internal abstract class SettingsSection
{
    /// <summary>Reads the part anew and keeps it aside.</summary>
    public abstract void Prepare(IConfiguration configuration, Faults faults);

    /// <summary>Makes what was prepared the current state. Called only where no part had a fault.</summary>
    public abstract void Commit();
}
