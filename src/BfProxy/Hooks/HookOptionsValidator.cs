using Microsoft.Extensions.Options;

namespace BfProxy.Hooks;

[OptionsValidator]
internal sealed partial class HookOptionsValidator : IValidateOptions<HookOptions>;
