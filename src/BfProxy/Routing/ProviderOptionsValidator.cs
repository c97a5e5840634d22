using Microsoft.Extensions.Options;

namespace BfProxy.Routing;

[OptionsValidator]
internal sealed partial class ProviderOptionsValidator : IValidateOptions<ProviderOptions>;
