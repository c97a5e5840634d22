namespace BfProxy.Backplane;

/// <summary>The state that all nodes share cannot be reached in time. Derives from what the server answers with a status: a request that needs the state is a 503.</summary>
internal sealed class StateUnavailableException(Exception? cause = null)
    : BadHttpRequestException("The state that all nodes share cannot be reached; try again later", StatusCodes.Status503ServiceUnavailable, cause!);
