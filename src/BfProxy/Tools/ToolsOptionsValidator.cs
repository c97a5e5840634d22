using Microsoft.Extensions.Options;

namespace BfProxy.Tools;

[OptionsValidator]
internal sealed partial class ToolsOptionsValidator : IValidateOptions<ToolsOptions>;
