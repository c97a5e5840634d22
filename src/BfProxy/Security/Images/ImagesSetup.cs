using BfProxy.Configuration;

namespace BfProxy.Security.Images;

internal static class ImagesSetup
{
    public static IServiceCollection AddImages(this IServiceCollection services) =>
        services.AddSettings(ImageRulesReader.Read).AddSingleton<ImageFetcher>();
}
