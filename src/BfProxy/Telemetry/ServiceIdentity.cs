using System.Reflection;
using OpenTelemetry.Resources;

namespace BfProxy.Telemetry;

/// <summary>What this process calls itself in telemetry; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over it.</summary>
internal static class ServiceIdentity
{
    private const string Name = "bfproxy";

    public static string Version { get; } =
        typeof(ServiceIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static void Describe(ResourceBuilder resource) =>
        resource.Clear().AddService(Name, serviceVersion: Version).AddTelemetrySdk().AddEnvironmentVariableDetector();
}
