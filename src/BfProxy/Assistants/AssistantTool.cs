namespace BfProxy.Assistants;

/// <summary>One of an assistant's <c>Tools</c>.</summary>
internal sealed class AssistantTool
{
    public const string Function = "function";
    public const string FileSearch = "file_search";
    public const string CodeInterpreter = "code_interpreter";

    /// <summary>A function of the app, or a tool that OpenAI runs itself.</summary>
    public string Type { get; init; } = Function;

    /// <summary>Name of a function.</summary>
    public string? Name { get; init; }

    /// <summary>What the function is for, for the model.</summary>
    public string? Description { get; init; }

    /// <summary>JSON Schema of the function's arguments, as JSON text: configuration has no numbers or truth values of its own.</summary>
    public string? Parameters { get; init; }

    /// <summary>The vector stores of a file search.</summary>
    public List<string> VectorStoreIds { get; init; } = [];

    /// <summary>The files of a code interpreter.</summary>
    public List<string> FileIds { get; init; } = [];
}
