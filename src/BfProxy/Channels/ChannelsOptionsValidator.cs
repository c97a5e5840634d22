using Microsoft.Extensions.Options;

namespace BfProxy.Channels;

[OptionsValidator]
internal sealed partial class ChannelsOptionsValidator : IValidateOptions<ChannelsOptions>;
