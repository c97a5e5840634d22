namespace BfProxy.Transforms.Contract;

/// <summary>Why a request is refused before anything is sent to a provider.</summary>
/// <param name="Status">HTTP status of the refusal, 400 as a rule.</param>
/// <param name="Field">Path of the field at fault, such as <c>payload.messages[2].role</c>; empty where the body as a whole is at fault.</param>
/// <param name="Message">What is wrong and what was expected. Quotes at most a few dozen characters of the caller's input.</param>
public sealed record RequestFault(int Status, string Field, string Message)
{
    /// <summary>The same as an error of the catalogue.</summary>
    public BfError ToError() => new() { Status = Status, Message = Message, Kind = BfErrorKind.BadRequest };
}
