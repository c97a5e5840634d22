using Microsoft.Extensions.Options;

namespace BfProxy.Assistants;

[OptionsValidator]
internal sealed partial class ThreadsOptionsValidator : IValidateOptions<ThreadsOptions>;
