namespace Browser.Tests;

/// <summary>The tests of the widget share one browser and one web site that embeds it.</summary>
[CollectionDefinition(Name)]
public sealed class WidgetCollection : ICollectionFixture<WidgetFixture>
{
    public const string Name = "Widget";
}
