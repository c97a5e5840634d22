namespace BfProxy.Security;

/// <summary>Where the events of an app's streams go.</summary>
internal enum DeliveryMode
{
    /// <summary>To our own channels.</summary>
    Channels,

    /// <summary>To BetterForms' own messaging, which hands them to its pages.</summary>
    BetterForms,

    /// <summary>To both.</summary>
    Both,
}
