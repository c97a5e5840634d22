using System.Reflection;
using Xunit.Sdk;

namespace BfProxy.Transforms.Tests;

/// <summary>Runs a theory in every <see cref="StreamShape"/>, which is its first argument; the arguments given here follow it.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ChunkedAttribute(params object[] arguments) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => StreamShape.All.Select(object[] (shape) => [shape, .. arguments]);
}
