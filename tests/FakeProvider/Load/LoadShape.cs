using System.Text;
using FakeProvider.Shapes;

namespace FakeProvider.Load;

/// <summary>How streams under load look in one provider's dialect.</summary>
internal sealed class LoadShape(string opening, string delta, Func<int, string> closing, IEnumerable<string> shortAnswer)
{
    private static readonly string s_room = new((char)LoadMark.Ordinary, LoadMark.Length);

    private static readonly LoadShape s_openAi = new(
        OpenAiFrames.Role(),
        OpenAiFrames.Delta(s_room),
        static sent => OpenAiFrames.Finish() + OpenAiFrames.Usage(9, sent) + OpenAiFrames.Done,
        OpenAiFrames.Chat("Just ", "a ", "fake."));

    private static readonly LoadShape s_responses = new(
        ResponsesFrames.Created(),
        ResponsesFrames.Delta(s_room, number: 1),
        static sent => ResponsesFrames.Completed(output: sent),
        ResponsesFrames.Chat("Just ", "a ", "fake."));

    private static readonly LoadShape s_gemini = new(
        GeminiFrames.Text(""),
        GeminiFrames.Text(s_room),
        static _ => GeminiFrames.Text("", "STOP"),
        GeminiFrames.Chat("Just ", "a ", "fake."));

    private static readonly LoadShape s_anthropic = new(
        AnthropicFrames.Start() + AnthropicFrames.StartText(),
        AnthropicFrames.Text(s_room),
        static sent => AnthropicFrames.StopBlock() + AnthropicFrames.End(outputTokens: sent) + AnthropicFrames.Stop,
        AnthropicFrames.Chat("Just ", "a ", "fake."));

    /// <summary>What comes with the headers.</summary>
    public byte[] Opening { get; } = Encoding.ASCII.GetBytes(opening);

    /// <summary>What the wheel sends; all streams of a dialect share it.</summary>
    public DeltaTemplate Delta { get; } = new(delta);

    public string ShortAnswer { get; } = string.Concat(shortAnswer);

    /// <summary>The shape of what is asked for at a path; null where nothing is.</summary>
    public static LoadShape? Find(string? path) => path switch
    {
        OpenAiScripts.Path => s_openAi,
        ResponsesScripts.Path => s_responses,
        AnthropicScripts.Path => s_anthropic,
        _ => path?.EndsWith(":streamGenerateContent", StringComparison.Ordinal) is true ? s_gemini : null,
    };

    /// <summary>What comes after so many deltas.</summary>
    public byte[] Closing(int sent) => Encoding.ASCII.GetBytes(closing(sent));
}
