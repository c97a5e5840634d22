using Microsoft.Extensions.Options;

namespace BfProxy.Sessions;

[OptionsValidator]
internal sealed partial class BotOptionsValidator : IValidateOptions<BotOptions>;
