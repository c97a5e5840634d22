using System.Reflection;
using Xunit.Sdk;

namespace BfProxy.Transforms.Tests.Dialects;

/// <summary>Runs a theory for each fixture; its arguments are the provider and the case.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FixtureAttribute : DataAttribute
{
    /// <summary>Whether to put every <see cref="StreamShape"/> before the provider and the case.</summary>
    public bool Chunked { get; set; }

    /// <summary>Whether to take only fixtures that have a completion.</summary>
    public bool Aggregated { get; set; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from fixture in Fixture.All
        where !Aggregated || fixture.HasCompletion
        from shape in Chunked ? StreamShape.All.Select(object[] (shape) => [shape]) : [[]]
        select (object[])[.. shape, fixture.Provider, fixture.Case];
}
