using Microsoft.Extensions.Options;

namespace BfProxy.Security.Images;

[OptionsValidator]
internal sealed partial class ImagesOptionsValidator : IValidateOptions<ImagesOptions>;
